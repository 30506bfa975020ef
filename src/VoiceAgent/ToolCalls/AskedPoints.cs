namespace VoiceAgent.ToolCalls;

/// <summary>Where in the agent's audio the model called tools that the caller has to confirm: what it had said before asks for nothing, even where it is heard later.</summary>
/// <remarks>Guarded by the lock of its <see cref="ToolBridge"/>.</remarks>
internal sealed class AskedPoints
{
    // More than are ever waited for; while there is an earlier one, a later one changes nothing.
    private const int Max = 64;

    private readonly Queue<(long Timestamp, long Samples)> _points = [];
    private long _lastSamples;

    /// <summary>The model has called such a tool.</summary>
    /// <param name="timestamp">Now.</param>
    /// <param name="writtenSamples">Samples of the agent that came before, heard or not.</param>
    public void Add(long timestamp, long writtenSamples)
    {
        if (_points.Count == Max || (_points.Count > 0 && _lastSamples == writtenSamples))
            return;
        _points.Enqueue((timestamp, writtenSamples));
        _lastSamples = writtenSamples;
    }

    /// <summary>When the caller last heard the agent, but for what had come before such a call.</summary>
    /// <param name="agentHeardAt">When they last heard anything of the agent.</param>
    /// <param name="heardTo">How far in the agent's samples that was.</param>
    /// <returns>A timestamp that lies after those calls only after which something was said that has been heard.</returns>
    public long HeardAt(long agentHeardAt, long heardTo)
    {
        while (_points.TryPeek(out var point) && point.Samples < heardTo)
            _points.Dequeue();
        return _points.TryPeek(out var unheard) ? Math.Min(agentHeardAt, unheard.Timestamp) : agentHeardAt;
    }
}
