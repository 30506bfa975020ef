using Microsoft.Extensions.Logging.Abstractions;
using Support;

namespace GeminiLive.Tests;

/// <summary>Row A16 of the goals: twenty sessions against a service that does not serve, for five minutes of virtual time.</summary>
public sealed class LiveHammerTests
{
    private const int Sessions = 20;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    private readonly ManualTimeProvider _clock = new();
    private readonly ITestOutputHelper _output;
    private readonly LiveConnectGate _gate;
    private readonly Random _random = new(7);
    private readonly List<(TimeSpan At, bool WasOpen)> _attempts = [];
    private readonly LiveOptions _options = new() { Endpoint = "ws://server/path" };
    private int _served;

    public LiveHammerTests(ITestOutputHelper output)
    {
        _output = output;
        _gate = new LiveConnectGate(_clock);
    }

    private TimeSpan Now => TimeSpan.FromTicks(_clock.GetTimestamp());

    [Theory]
    [InlineData("refuses all", 1.0, 0)]
    [InlineData("refuses half", 0.5, 0)]
    [InlineData("accepts after 3 s", 0.0, 3)]
    public async Task Failing_service_is_not_hammered(string what, double refusedShare, int acceptSeconds)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var connector = new SlowConnector(this, refusedShare, TimeSpan.FromSeconds(acceptSeconds));
        using var over = new CancellationTokenSource();
        var calls = Enumerable.Range(0, Sessions).Select(i => CallsAsync(connector, i, over.Token)).ToArray();
        while (Now < Length)
            _clock.Advance(Step);
        await over.CancelAsync();
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Task.WhenAll(calls);

        var open = _attempts.Where(a => a.WasOpen).Select(a => a.At).ToArray();
        var worst = open.Length == 0 ? 0 : open.Max(at => open.Count(other => other >= at && other < at + TimeSpan.FromSeconds(1)));
        _output.WriteLine($"{what}: {_attempts.Count} attempts in 5 min by {Sessions} calls, {open.Length} of them while the breaker was open, at most {worst} of these in a second; "
            + $"breaker opened {_gate.Counts.BreakerOpenings} times, {_served} sessions served");
        Assert.InRange(worst, 0, 2);
        if (refusedShare >= 1)
            Assert.InRange(_attempts.Count, 30, 130);   // 5 to open the breaker, 60 in its first half minute, then one every 5 s
        else
            Assert.True(_served >= Sessions);
    }

    /// <summary>One caller after the other: each session lives for half a minute, is lost, and is fetched back or given up.</summary>
    private async Task CallsAsync(SlowConnector connector, int number, CancellationToken over)
    {
        var options = _options;
        while (!over.IsCancellationRequested)
        {
            var resumption = new LiveResumption(options, _clock, random: new Random(number));
            var opener = new LiveOpener(connector, _gate, LiveRig.NoPool, TestSession.For(options), options, new LiveHistory(_clock), resumption, _clock, NullLogger.Instance, "c1");
            for (LiveConnection? connection = null; ; connection.Dispose())
            {
                resumption.Lost(new LiveLoss(Code: null, ""));
                (connection, _) = await opener.ReopenAsync(over);
                if (connection is null)
                    break;
                _served++;
                resumption.Opened();
                resumption.Healthy();
                await Task.Delay(TimeSpan.FromSeconds(30), _clock, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private sealed class SlowConnector(LiveHammerTests test, double refusedShare, TimeSpan delay) : ILiveConnector
    {
        public async Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
        {
            test._attempts.Add((test.Now, test._gate.Counts.OpenBreakers > 0));
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, test._clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return test._random.NextDouble() < refusedShare
                ? LiveRig.Refused(503)
                : new LiveConnectAttempt(new ScriptedSocket(new Pulse(), isInline: true), HttpStatus: null, Error: null);
        }
    }
}
