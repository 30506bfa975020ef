using GeminiLive.Credentials;
using Microsoft.Extensions.Options;
using Support;

namespace GeminiLive.Tests;

/// <summary>The loop that keeps connections, and what it does not like: bugs, servers that close what waits, and replaced credentials.</summary>
public sealed class LiveWarmShelfTests : IAsyncDisposable
{
    private const int Kept = 2;

    private readonly LoopClock _clock = new();
    private readonly Pulse _pulse = new();
    private readonly LogLines<LiveClient> _log = new();
    private readonly List<(double AtS, string Key, ScriptedSocket Socket)> _opened = [];
    private readonly List<double> _refusedAtS = [];
    private readonly LiveClientFactory _factory;
    private int _quota = int.MaxValue;
    private int _bugs;
    private volatile string _key = "1";
    private volatile bool _closesAtOnce;

    public LiveWarmShelfTests()
    {
        var options = new LiveOptions { Backend = nameof(LiveBackend.Vertex), Project = "p", Location = "l", Endpoint = "ws://server/path", WarmConnections = Kept };
        var credentials = new CredentialStore(_ => new SignIn(this));
        _factory = new LiveClientFactory(Options.Create(options), new Connector(this), _clock, _log, credentials);
    }

    private (double AtS, string Key, ScriptedSocket Socket)[] Opened
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
        await _clock.RunUntil(() => _factory.Pool.Waiting == Kept);

        Assert.Single(_log.Lines, line => line.StartsWith("Error: Connections to Live could not be kept ready", StringComparison.Ordinal));
        Assert.Equal(5 + 10 + 20 + 40, Opened[0].AtS);
    }

    [Fact]
    public async Task Server_that_closes_what_waits_is_asked_ever_more_seldom_until_it_lets_one_live()
    {
        _closesAtOnce = true;
        _factory.KeepWarm();
        await _clock.RunUntil(() => Opened.Length >= Kept + 6);
        _closesAtOnce = false;
        Assert.Equal([0, 0, 0, 5, 15, 35, 75, 135], Opened.Select(opened => opened.AtS));
        Assert.Single(_log.Lines, line => line.StartsWith("Warning: Live closes connections that wait, the last after ", StringComparison.Ordinal));

        await _clock.RunUntil(() => _factory.Pool.Waiting == Kept);
    }

    [Fact]
    public async Task Quota_that_admits_one_is_asked_for_another_ever_more_seldom_and_the_one_grows_no_older_than_it_may()
    {
        _quota = 1;
        _factory.KeepWarm();
        await _clock.RunUntil(() => Opened.Any(opened => opened.Socket.IsDisposed));

        Assert.Equal(60, _clock.ElapsedS);
        Assert.Equal([0, 5, 15, 35], _refusedAtS);
    }

    [Fact]
    public async Task Replaced_credentials_sign_in_the_connections_that_are_opened_from_then_on()
    {
        _factory.KeepWarm();
        await _clock.RunUntil(() => _factory.Pool.Waiting == Kept);
        _key = "2";
        _factory.Pool.Take(_factory.Configure().Targets[0])!.Dispose();
        await _clock.RunUntil(() => _factory.Pool.Waiting == Kept);

        Assert.Equal(["1", "1", "2"], Opened.Select(opened => opened.Key));
        Assert.Equal(0, _clock.ElapsedS);
    }

    public async ValueTask DisposeAsync()
    {
        _clock.Stop();
        await _factory.StopKeepingWarmAsync();
        _clock.Dispose();
        Assert.All(Opened, opened => Assert.True(opened.Socket.IsDisposed));
    }

    private sealed class SignIn(LiveWarmShelfTests test) : ILiveCredentials
    {
        public ValueTask<LiveCredential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new LiveCredential("x-goog-api-key", test._key));
    }

    private sealed class Connector(LiveWarmShelfTests test) : ILiveConnector
    {
        public Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
        {
            if (test._bugs-- > 0)
                throw new FormatException("a bug in the connector");
            if (test.Opened.Count(opened => !opened.Socket.IsDisposed) >= test._quota)
            {
                test._refusedAtS.Add(test._clock.ElapsedS);
                return Task.FromResult(new LiveConnectAttempt(Socket: null, HttpStatus: 429, "too many"));
            }
            var socket = new ScriptedSocket(test._pulse);
            if (test._closesAtOnce)
                socket.Closes(1008, "The operation was aborted.");
            lock (test._opened)
                test._opened.Add((test._clock.ElapsedS, headers["x-goog-api-key"], socket));
            return Task.FromResult(new LiveConnectAttempt(socket, HttpStatus: null, Error: null));
        }
    }
}
