using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Calls;

/// <summary>Plays short calls through a stack of its own before the real one listens, so that neither the first caller nor the first one to be refused waits for compilation.</summary>
/// <remarks>Loopback sockets, counters and ports of its own: nobody outside sees, counts or logs these calls. What goes wrong costs speed only.</remarks>
internal sealed class CallWarmUp : ICallHandler, IDisposable
{
    private const string MeterName = "VoiceAgent.WarmUp";
    private const int Rounds = 3;   // what only the second call needs is compiled too

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private static int _isDone;

    private readonly DiscardedMeters _meters = new();
    private readonly CallLayer _calls;
    private readonly UserAgent _userAgent;
    private readonly ICallRehearsal? _rehearsal;
    private bool _isFull;
    private bool _waits;

    private CallWarmUp(RtpOptions rtpOptions, RtpPortRange ports, MediaClock clock, TimeProvider timeProvider, ICallRehearsal? rehearsal)
    {
        _rehearsal = rehearsal;
        var options = new TelephonyOptions { Listen = [$"udp://{IPAddress.Loopback}:0"] };
        using var loggers = new LoggerFactory([new DiscardedLog()]);
        _calls = new CallLayer(new CallServices(this, options, rtpOptions, ports, clock, new TelephonyMetrics(_meters), timeProvider, loggers.CreateLogger(MeterName)));
        _userAgent = new UserAgent(options.ToUserAgentOptions(TrunkDirectory.Empty) with { MeterName = MeterName }, _calls, timeProvider, loggers);
        _calls.Attach(_userAgent, TrunkDirectory.Empty);
    }

    (int StatusCode, string? RetryAfter) ICallHandler.Availability => (_isFull ? 503 : 200, null);

    /// <summary>Plays the calls, once in a process; later ones find everything compiled.</summary>
    /// <param name="rtpOptions">Where media sockets may be.</param>
    /// <param name="clock">Moves the media.</param>
    /// <param name="timeProvider">Of the service.</param>
    /// <param name="logger">Told how long it took, or why it came to nothing.</param>
    /// <param name="rehearsal">Takes the calls that are answered, and is disposed after them; null has them answered here.</param>
    public static async Task RunOnceAsync(RtpOptions rtpOptions, MediaClock clock, TimeProvider timeProvider, ILogger logger, ICallRehearsal? rehearsal = null)
    {
        if (Interlocked.Exchange(ref _isDone, 1) == 0)
            await TryRunAsync(rtpOptions, clock, timeProvider, logger, rehearsal);
    }

    /// <summary>Plays the calls; whatever goes wrong is a line in the log.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A service that could take calls must not fail to start because it could not play some to itself.")]
    internal static async Task TryRunAsync(RtpOptions rtpOptions, MediaClock clock, TimeProvider timeProvider, ILogger logger, ICallRehearsal? rehearsal, TimeSpan? patience = null)
    {
        var from = Stopwatch.GetTimestamp();
        try
        {
            var calls = await RunAsync(rtpOptions, clock, timeProvider, rehearsal, patience);
            CallsLog.WarmedUp(logger, calls, (long)Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }
        catch (Exception failure)
        {
            CallsLog.NotWarmedUp(logger, failure.Message);
        }
    }

    /// <summary>Plays the calls.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="IOException">A loopback address cannot be listened on.</exception>
    /// <exception cref="OperationCanceledException">An answer did not come within seconds.</exception>
    internal static async Task<int> RunAsync(RtpOptions rtpOptions, MediaClock clock, TimeProvider timeProvider, ICallRehearsal? rehearsal = null, TimeSpan? patience = null)
    {
        await using var rehearsed = rehearsal;
        // Ports of the same numbers, which the firewall knows, but another book: the service's own counts nothing.
        if (!RtpPortRange.TryParse(rtpOptions.PortRange, out var ports))
            return 0;
        using var warmUp = new CallWarmUp(rtpOptions, ports, clock, timeProvider, rehearsal);
        await using var userAgent = warmUp._userAgent;
        await userAgent.StartAsync(CancellationToken.None);
        using var phone = new WarmUpPhone(userAgent.ListenEndPoints[0].EndPoint, patience ?? Patience);
        try
        {
            for (var round = 0; round < Rounds; round++)
                await warmUp.PlayAsync(phone);
        }
        finally
        {
            await warmUp.EndCallsAsync();
        }
        return phone.Calls;
    }

    void ICallHandler.OnCallOffered(Call call)
    {
        if (_rehearsal is not null && !_waits)
        {
            _rehearsal.OnCallOffered(call);
            return;
        }
        call.Listener = new Listener();
        call.Ring();
        if (!_waits)
            call.Answer(DiscardingSink.Instance, new LoopedAudio(new short[480], 24_000));
    }

    public void Dispose() => _meters.Dispose();

    // Calls of a phone that has given up would stay for as long as the process; none are left of one that has not.
    private async Task EndCallsAsync() =>
        await _calls.HangUpAllAsync("Q.850;cause=31").WaitAsync(Farewell, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    // Each exchange is over before the next begins, so that the fields are read by no other call.
    private async Task PlayAsync(WarmUpPhone phone)
    {
        await phone.AskOptionsAsync();
        await phone.TalkAsync();
        _waits = true;
        await phone.RingAndCancelAsync();
        (_waits, _isFull) = (false, true);
        await phone.BeRefusedAsync();
        _isFull = false;
    }

    private sealed class Listener : ICallListener
    {
        public void OnAnswered()
        {
        }

        public void OnAcknowledged()
        {
        }

        public void OnMediaStarted()
        {
        }

        public void OnHold(bool held)
        {
        }

        public void OnDigit(char digit, int durationMs, DigitSource source)
        {
        }

        public void OnDigitsSent(string sent, string unsent)
        {
        }

        public void OnTransferEnded(TransferOutcome outcome)
        {
        }

        public void OnEnded(CallEndReason reason)
        {
        }
    }

    /// <summary>Meters that nobody listens to, as they have another name.</summary>
    private sealed class DiscardedMeters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(MeterName);
            _meters.Add(meter);
            return meter;
        }

        public void Dispose() => _meters.ForEach(meter => meter.Dispose());
    }

    /// <summary>Lines are written, which is compiled code too, and thrown away.</summary>
    private sealed class DiscardedLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => formatter(state, exception);

        public void Dispose()
        {
        }
    }
}
