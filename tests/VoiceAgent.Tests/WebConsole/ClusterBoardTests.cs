using Storage;
using Support;
using VoiceAgent.Cluster;
using VoiceAgent.WebConsole;

namespace VoiceAgent.Tests.WebConsole;

/// <summary>The nodes as browsers see them: one read for all who look on, also while the database is ill.</summary>
public sealed class ClusterBoardTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Database _database = new(new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = "Host=192.0.2.1;Database=none;Username=nobody" }, TimeProvider.System);
    private readonly ClusterBoard _board;
    private TaskCompletionSource<ClusterView> _answer = new();
    private int _reads;

    public ClusterBoardTests() => _board = new ClusterBoard(new ClusterDirectory(_database, "own", new ClusterOptions()), ReadAsync, _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task All_who_look_within_a_second_are_shown_one_read()
    {
        var viewers = Enumerable.Range(0, 50).Select(_ => _board.LookAsync(Cancellation)).ToList();
        _answer.SetResult(View("ready"));
        var looks = await Task.WhenAll(viewers);
        Assert.Equal(1, _reads);
        Assert.All(looks, look => Assert.Same(looks[0], look));

        _time.Advance(ClusterBoard.Period - TimeSpan.FromMilliseconds(1));
        Assert.Same(looks[0], await _board.LookAsync(Cancellation));
        _answer = new();
        _answer.SetResult(View("draining"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("draining", (await _board.LookAsync(Cancellation))!.View.Nodes[0].State);
        Assert.Equal(2, _reads);
        Assert.Equal("https://node1.example/console/", await _board.ConsoleOfAsync("node1", Cancellation));
        Assert.Null(await _board.ConsoleOfAsync("node2", Cancellation));
    }

    [Fact]
    public async Task A_viewer_who_leaves_ends_nobody_elses_read()
    {
        using var gone = new CancellationTokenSource();
        var leaving = _board.LookAsync(gone.Token);
        var staying = _board.LookAsync(Cancellation);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        _answer.SetResult(View("ready"));
        Assert.NotNull(await staying);
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task A_database_that_hangs_is_given_up_and_not_asked_again_by_each_viewer()
    {
        var look = _board.LookAsync(Cancellation);
        while (Volatile.Read(ref _reads) == 0)
            await Task.Yield();
        _time.Advance(ClusterBoard.ReadLimit);
        Assert.Null(await look);
        Assert.Equal(1, _reads);
    }

    private Task<ClusterView> ReadAsync(int mostCalls, CancellationToken cancellation)
    {
        Assert.Equal(ClusterBoard.MostCalls, mostCalls);
        var answer = _answer.Task.WaitAsync(cancellation);
        Interlocked.Increment(ref _reads);
        return answer;
    }

    private static ClusterView View(string state) => new("own", 0, [new("node1", state, "", "", "https://node1.example/console/", "", 0, 1, null, 0)], 0, []);
}
