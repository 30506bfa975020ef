namespace VoiceAgent.Cluster;

/// <summary>Whether the other nodes can be told of this one.</summary>
/// <remarks>Written by the loop of <see cref="ClusterNode"/>, read by any thread.</remarks>
internal sealed class ClusterHealth
{
    private volatile Outage? _outage;

    /// <summary>What keeps it from them; null when all is well, or there are none.</summary>
    public Outage? Problem { get => _outage; set => _outage = value; }

    /// <param name="Reason">Why.</param>
    /// <param name="Since">Since when.</param>
    public sealed record Outage(string Reason, DateTimeOffset Since);
}
