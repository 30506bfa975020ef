using Microsoft.Extensions.Logging;
using Support;

namespace GeminiLive.Tests;

/// <summary>Reconnecting on virtual time: without a synchronization context everything runs inside the clock's advance.</summary>
public sealed class LiveOpenerTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly LiveOptions _options = new();
    private readonly List<TimeSpan> _attempts = [];
    private readonly LiveResumption _resumption;
    private readonly LiveOpener _opener;
    private readonly LevelLog _log = new();

    public LiveOpenerTests()
    {
        _resumption = new LiveResumption(_options, _clock, random: new Random(1));
        _opener = new LiveOpener(
            new ScriptedConnector(Connect), new LiveConnectGate(_clock), LiveRig.NoPool, TestSession.For(_options), _options, new LiveHistory(_clock), _resumption, _clock,
            _log, "c1");
    }

    private Func<ScriptedSocket?> Server { get; set; } = () => null;

    private TimeSpan Now => TimeSpan.FromTicks(_clock.GetTimestamp());

    [Fact]
    public void Dead_endpoint_is_probed_twice_a_second_until_the_budget_is_spent()
    {
        _resumption.Lost(new LiveLoss(Code: null, ""));
        var (_, failure) = Reopen();

        Assert.Equal(LiveFailureKind.BudgetSpent, failure!.Kind);
        Assert.InRange(Now, _options.ReconnectBudget - TimeSpan.FromMilliseconds(500), _options.ReconnectBudget + TimeSpan.FromMilliseconds(20));
        var waits = _attempts.Zip(_attempts.Skip(1), (a, b) => (b - a).TotalSeconds).ToArray();
        Assert.Equal(TimeSpan.Zero, _attempts[0]);
        Assert.Equal(1, _log.Counts[LogLevel.Information]);   // the others fail alike
        Assert.Equal(_attempts.Count - 1, _log.Counts[LogLevel.Debug]);
        Assert.All(waits[..4], wait => Assert.InRange(wait, 0, 0.52));
        Assert.All(waits[4..], wait => Assert.InRange(wait, 0.5, 0.52));
    }

    [Fact]
    public void Setup_that_is_never_answered_does_not_stretch_the_budget()
    {
        Server = () => new ScriptedSocket(new Pulse(), isInline: true) { AnswersSetup = false };
        _resumption.Lost(new LiveLoss(Code: null, ""));
        var (connection, failure) = Reopen();

        Assert.NotNull(failure);
        Assert.Null(connection);
        Assert.InRange(Now, TimeSpan.FromSeconds(20), _options.ReconnectBudget + TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public void Server_that_accepts_and_closes_again_spends_one_budget()
    {
        Server = () => new ScriptedSocket(new Pulse(), isInline: true);
        var accepted = 0;
        for (LiveFailure? failure = null; failure is null; accepted++)
        {
            _resumption.Lost(new LiveLoss(Code: null, ""));
            (var connection, failure) = Reopen();
            connection?.Dispose();
            _resumption.Opened();
        }

        Assert.InRange(accepted, 6, 16);
        Assert.InRange(Now, TimeSpan.FromSeconds(20), _options.ReconnectBudget);
    }

    [Fact]
    public void Connection_that_lived_for_a_while_starts_a_new_budget()
    {
        _resumption.Lost(new LiveLoss(Code: null, ""));
        _clock.Advance(TimeSpan.FromSeconds(25));
        _resumption.Opened();
        _clock.Advance(TimeSpan.FromSeconds(10));
        _resumption.Lost(new LiveLoss(Code: null, ""));

        Assert.Equal(_options.ReconnectBudget, _resumption.BudgetLeft);
    }

    [Fact]
    public void Handle_that_brings_no_session_is_dropped_after_two_failures_of_the_server_but_not_of_the_network()
    {
        _resumption.Note("h-1", isResumable: true);
        for (var i = 0; i < 5; i++)
            Assert.True(_resumption.MayTryAgain(new LiveFailure(LiveFailureKind.Unreachable, Code: null, "")));
        Assert.True(_resumption.MayTryAgain(new LiveFailure(LiveFailureKind.Unavailable, 1011, "")));
        Assert.Equal("h-1", _resumption.Handle);
        Assert.True(_resumption.MayTryAgain(new LiveFailure(LiveFailureKind.Unavailable, 1011, "")));
        Assert.Null(_resumption.Handle);
    }

    [Fact]
    public void Handle_whose_session_closes_twice_before_the_model_speaks_is_dropped()
    {
        _resumption.Note("h-1", isResumable: true);
        _resumption.Lost(new LiveLoss(1011, ""));   // the first loss is no fault of the handle
        _resumption.Opened();
        _resumption.Lost(new LiveLoss(1011, ""));
        Assert.Equal("h-1", _resumption.Handle);
        _resumption.Opened();
        _resumption.Lost(new LiveLoss(1011, ""));
        Assert.Null(_resumption.Handle);
    }

    [Fact]
    public void Only_resumable_handles_are_kept()
    {
        _resumption.Note("h-1", isResumable: true);
        _resumption.Note(newHandle: null, isResumable: false);

        Assert.Equal("h-1", _resumption.Handle);
        Assert.False(_resumption.IsResumable);
    }

    private LiveConnectAttempt Connect()
    {
        _attempts.Add(Now);
        return Server() is { } socket ? new LiveConnectAttempt(socket, HttpStatus: null, Error: null) : LiveRig.Refused();
    }

    private (LiveConnection? Connection, LiveFailure? Failure) Reopen()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var reopening = _opener.ReopenAsync(CancellationToken.None);
        for (var end = Now + TimeSpan.FromMinutes(2); Now < end && !reopening.IsCompleted;)
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        Assert.True(reopening.IsCompleted);
        return reopening.GetAwaiter().GetResult();
    }

    private sealed class LevelLog : ILogger
    {
        public Dictionary<LogLevel, int> Counts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Counts[logLevel] = Counts.GetValueOrDefault(logLevel) + 1;
    }
}
