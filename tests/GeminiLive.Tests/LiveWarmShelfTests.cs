using GeminiLive.Credentials;
using Microsoft.Extensions.Options;
using Support;
using Support.Databases;

namespace GeminiLive.Tests;

/// <summary>The loop that keeps connections, and what it does not like: bugs, servers that close what waits, and replaced credentials.</summary>
public sealed class LiveWarmShelfTests : IAsyncDisposable
{
    private const int Kept = 2;

    private readonly ManualTimeProvider _clock = new();
    private readonly DateTimeOffset _start;
    private readonly Pulse _pulse = new();
    private readonly LogLines<LiveClient> _log = new();
    private readonly TestFolder _folder = new();
    private readonly List<(DateTimeOffset At, string Key, ScriptedSocket Socket)> _opened = [];
    private readonly LiveOptions _options;
    private readonly LiveClientFactory _factory;
    private int _signIns;
    private int _bugs;
    private volatile bool _closesAtOnce;

    public LiveWarmShelfTests()
    {
        _start = _clock.GetUtcNow();
        File.WriteAllText(_folder.File("account.json"), "{}");
        _options = new LiveOptions
        {
            Backend = nameof(LiveBackend.Vertex), Project = "p", Location = "l", Endpoint = "ws://server/path", CredentialsFile = _folder.File("account.json"), WarmConnections = Kept,
        };
        var credentials = new CredentialStore(_ => FixedCredentials.ApiKey($"{Interlocked.Increment(ref _signIns)}"));
        _factory = new LiveClientFactory(Options.Create(_options), new Connector(this), _clock, _log, credentials);
    }

    private (DateTimeOffset At, string Key, ScriptedSocket Socket)[] Opened
    {
        get
        {
            lock (_opened)
                return [.. _opened];
        }
    }

    [Fact]
    public async Task Bug_is_told_once_and_does_not_end_the_loop()
    {
        _bugs = 4;
        _factory.KeepWarm();
        await AdvanceUntil(() => _factory.Pool.Waiting == Kept);

        Assert.Single(_log.Lines, line => line.StartsWith("Error: Connections to Live could not be kept ready", StringComparison.Ordinal));
        Assert.InRange((Opened[0].At - _start).TotalSeconds, 5 + 10 + 20 + 40, double.MaxValue);
    }

    [Fact]
    public async Task Server_that_closes_what_waits_is_asked_ever_more_seldom_until_it_lets_one_live()
    {
        _closesAtOnce = true;
        _factory.KeepWarm();
        await AdvanceUntil(() => Opened.Length >= Kept + 6);
        _closesAtOnce = false;
        var times = Opened.Select(opened => opened.At).ToArray();
        Assert.All([5, 10, 20, 40, 60], (rest, i) => Assert.InRange((times[Kept + 1 + i] - times[Kept + i]).TotalSeconds, rest, double.MaxValue));
        Assert.Single(_log.Lines, line => line.StartsWith("Warning: Live closes connections that wait, the last after ", StringComparison.Ordinal));

        await AdvanceUntil(() => _factory.Pool.Waiting == Kept);
    }

    [Fact]
    public async Task Replaced_credentials_sign_in_the_connections_that_are_opened_after_the_next_session()
    {
        _factory.KeepWarm();
        await AdvanceUntil(() => _factory.Pool.Waiting == Kept);
        File.SetLastWriteTimeUtc(_options.CredentialsFile!, File.GetLastWriteTimeUtc(_options.CredentialsFile!).AddSeconds(1));
        _factory.Pool.Take(_factory.Configure().Targets[0])!.Dispose();
        await AdvanceUntil(() => Opened.Length == Kept + 1);

        Assert.Equal(["1", "1", "2"], Opened.Select(opened => opened.Key));
    }

    public async ValueTask DisposeAsync()
    {
        await _factory.StopKeepingWarmAsync();
        Assert.All(Opened, opened => Assert.True(opened.Socket.IsDisposed));
        _folder.Dispose();
    }

    // The loop runs beside the test: a second of the clock is a moment of ours, and more of them if the machine is busy.
    private async Task AdvanceUntil(Func<bool> condition)
    {
        for (var seconds = 0; !condition(); seconds++)
        {
            Assert.InRange(seconds, 0, 20_000);
            await Task.Delay(1);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private sealed class Connector(LiveWarmShelfTests test) : ILiveConnector
    {
        public Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
        {
            if (Interlocked.Decrement(ref test._bugs) >= 0)
                throw new FormatException("a bug in the connector");
            var socket = new ScriptedSocket(test._pulse);
            if (test._closesAtOnce)
                socket.Closes(1008, "The operation was aborted.");
            lock (test._opened)
                test._opened.Add((test._clock.GetUtcNow(), headers["x-goog-api-key"], socket));
            return Task.FromResult(new LiveConnectAttempt(socket, HttpStatus: null, Error: null));
        }
    }
}
