using System.Data.Common;
using System.Text.Json;
using VoiceAgent.Cluster;

namespace VoiceAgent.WebConsole;

/// <summary>All nodes and their first calls as all browsers of this node see them: read once a second at most, however many look on.</summary>
/// <remarks>Any thread.</remarks>
/// <param name="cluster">Whether there are others at all.</param>
/// <param name="read">Reads them; so many calls at most.</param>
/// <param name="time">How old a look is.</param>
internal sealed class ClusterBoard(ClusterDirectory cluster, Func<int, CancellationToken, Task<ClusterView>> read, TimeProvider time)
{
    /// <summary>Calls that are shown; how many there are is said besides.</summary>
    public const int MostCalls = 300;

    /// <summary>How old a look may be; also one that found nobody, so that a database that is ill is not asked by each browser.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>After so long the database is taken not to answer.</summary>
    public static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<ClusterLook?>? _look;
    private long _lookedAt;

    /// <summary>Whether there are others at all.</summary>
    public bool IsOn => cluster.IsOn;

    /// <summary>Name of this node.</summary>
    public string Self => cluster.Self;

    /// <summary>All of them; null when the database does not answer.</summary>
    public Task<ClusterLook?> LookAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            // One that takes longer than a second is waited for by all.
            if (_look is null || (_look.IsCompleted && time.GetElapsedTime(_lookedAt) >= Period))
                (_look, _lookedAt) = (Task.Run(ReadAsync, CancellationToken.None), time.GetTimestamp());
            return _look.WaitAsync(cancellation);
        }
    }

    /// <summary>Where browsers reach the console of a node; null for nowhere, or when it is not known.</summary>
    public async Task<string?> ConsoleOfAsync(string node, CancellationToken cancellation) =>
        IsOn && await LookAsync(cancellation) is { } look && look.View.Nodes.Where(other => other.Name == node).MinBy(other => other.SilentMs) is { ConsoleUrl.Length: > 0 } found ? found.ConsoleUrl : null;

    private async Task<ClusterLook?> ReadAsync()
    {
        using var limit = new CancellationTokenSource(ReadLimit, time);
        try
        {
            var view = await read(MostCalls, limit.Token);
            return new ClusterLook(view, JsonSerializer.SerializeToUtf8Bytes(view, ClusterJson.Default.ClusterView));
        }
        catch (Exception away) when (away is DbException or OperationCanceledException)
        {
            return null;
        }
    }
}

/// <param name="View">All nodes, and the first calls.</param>
/// <param name="Json">The same for browsers.</param>
internal sealed record ClusterLook(ClusterView View, ReadOnlyMemory<byte> Json);
