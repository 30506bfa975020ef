using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Telephony.Calls;
using Telephony.Codecs;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.Admission;
using Telephony.Sip.Identity.Stir;
using Telephony.Sip.Registrar;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony;

/// <summary>The telephone side as the host starts and stops it: SIP stack, call layer and media, joined.</summary>
/// <remarks>Started once the host can take calls. A drain is the host's: its <see cref="ICallHandler.Availability"/> refuses new calls, and when the
/// running ones have had their time, <see cref="StopAsync"/> ends what is left.</remarks>
public sealed class TelephonyService : IAsyncDisposable
{
    /// <summary>How long a stop waits for the answers to its BYEs; a peer that has gone would be asked for 32 s.</summary>
    private static readonly TimeSpan ByeWait = TimeSpan.FromSeconds(2);

    private readonly RtpOptions _rtpOptions;
    private readonly MediaClock _clock;
    private readonly StirCheck _stir;
    private readonly CallLayer _calls;
    private readonly UserAgent _userAgent;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly ICallRehearsal? _rehearsal;
    private readonly ConcurrentDictionary<FrameLine, byte> _lines = new();   // that are open
    private volatile TelephonyOptions _options;
    private volatile bool _isRunning;
    private volatile bool _isOver;

    /// <summary>Joins the parts; nothing listens yet.</summary>
    public TelephonyService(IOptions<TelephonyOptions> options, IOptions<RtpOptions> rtpOptions, ICallHandler handler, RtpPortRange ports,
        MediaClock clock, TelephonyMetrics metrics, TimeProvider timeProvider, ILoggerFactory loggerFactory, IMeterFactory? meters = null, ICallRehearsal? rehearsal = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rtpOptions);
        _options = options.Value;
        _rtpOptions = rtpOptions.Value;
        _clock = clock;
        _timeProvider = timeProvider;
        _rehearsal = rehearsal;
        _logger = loggerFactory.CreateLogger("Telephony.Calls");
        _stir = new StirCheck(options.Value.Stir, timeProvider);
        _calls = new CallLayer(new CallServices(handler, options.Value, rtpOptions.Value, ports, clock, metrics, timeProvider, _logger) { Stir = _stir });
        var trunks = new TrunkDirectory(options.Value.Trunks);
        _userAgent = new UserAgent(options.Value.ToUserAgentOptions(trunks) with { Meters = meters }, _calls, timeProvider, loggerFactory);
        _calls.Attach(_userAgent, trunks);
    }

    /// <summary>Where SIP is listened on, with the ports really bound; empty before the start.</summary>
    public IReadOnlyList<SipListenEndPoint> ListenEndPoints => _userAgent.ListenEndPoints;

    /// <summary>Binds the listen addresses and takes calls.</summary>
    /// <exception cref="IOException">An address cannot be bound.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.WantsOpus && !CodecCatalog.IsAvailable(CodecCatalog.Opus))
            CallsLog.OpusMissing(_logger);
        if (_options.Srtp.AllowKeysInClear)
            CallsLog.KeysInClear(_logger);
        WarnOfOpenDoor();
        MediaWarmUp.Run(_options.SelectCodecs());
        await CallWarmUp.RunOnceAsync(_rtpOptions, _clock, _timeProvider, _logger, _rehearsal);
        await _userAgent.StartAsync(cancellationToken);
        _isRunning = true;
    }

    /// <summary>Makes a call, if <c>Telephony:Outbound</c> allows it; completes when its INVITE is on its way. Any thread.</summary>
    /// <returns>None, or why no call is made; what becomes of a call is told to its listener.</returns>
    public Task<DialRefusal> DialAsync(DialRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _isRunning ? _calls.DialAsync(request) : Task.FromResult(DialRefusal.Unavailable);
    }

    /// <summary>Tries out other settings for trunks, users, who may call and be called, codecs and limits; any thread. Reads files.</summary>
    /// <param name="options">Checked as at the start.</param>
    /// <exception cref="InvalidDataException">A trunk's client certificate cannot be used.</exception>
    public PreparedTelephony Prepare(TelephonyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PreparedTelephony(options, _userAgent.Prepare(options));
    }

    /// <summary>Takes other settings into use for calls that begin from now on, in one turn of the signalling loop; those that are up keep theirs. Any thread.</summary>
    /// <param name="prepared">What to take into use.</param>
    /// <param name="alongside">What else changes at that moment, as calls that come in see it; must return at once.</param>
    /// <returns>False when nothing was changed because the service stops.</returns>
    public async Task<bool> ReplaceAsync(PreparedTelephony prepared, Action alongside)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(alongside);
        if (_isOver)
            return false;
        if (!_isRunning)
        {
            Replace(prepared, alongside);
            return true;
        }
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isPosted = _userAgent.TryPost(() =>
        {
            try
            {
                Replace(prepared, alongside);
                done.SetResult();
            }
            catch (Exception bug)
            {
                done.SetException(bug);
                throw;
            }
        });
        if (isPosted)
            await done.Task;
        return isPosted;
    }

    private void Replace(PreparedTelephony prepared, Action alongside)
    {
        _options = prepared.Options;
        _calls.Replace(prepared.Options, prepared.Change);
        alongside();
        if (_isRunning)
            WarnOfOpenDoor();
    }

    /// <summary>Begins a call without SIP and RTP, for somebody whom the host knows; null where the service does not run. Whether it may come in is the host's to decide. Any thread.</summary>
    /// <param name="caller">Who calls, and whom.</param>
    public FrameLine? OpenLine(FrameCaller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var line = new FrameLine(caller, _clock, _rtpOptions, work => _userAgent.Post(work), _timeProvider, _logger);
        _lines.TryAdd(line, 0);
        line.Ended.ContinueWith(_ => _lines.TryRemove(line, out var _), TaskScheduler.Default);
        if (_isRunning)
            return line;
        _lines.TryRemove(line, out _);
        return null;
    }

    /// <summary>How the trunks are that have a server; any thread.</summary>
    public IReadOnlyList<TrunkStatus> Trunks => _userAgent.TrunkStatuses;

    /// <summary>Phones that are registered here; any thread.</summary>
    public int PhoneCount => _userAgent.RegistrationCount;

    /// <summary>The first of the phones that are registered here, by user; empty where the service does not run. Any thread.</summary>
    /// <param name="most">How many at most.</param>
    public Task<IReadOnlyList<RegisteredPhone>> PhonesAsync(int most)
    {
        var phones = new TaskCompletionSource<IReadOnlyList<RegisteredPhone>>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_isRunning || !_userAgent.TryPost(() => phones.SetResult(_userAgent.Locations.Show(most))))
            phones.SetResult([]);
        return phones.Task;
    }

    /// <summary>Takes back all registrations, at the begin of a drain: providers send no new calls to us. Completes after two seconds at the latest; any thread.</summary>
    public Task LeaveTrunksAsync() => _isRunning ? _userAgent.LeaveTrunksAsync() : Task.CompletedTask;

    /// <summary>Sends BYE to every call that is left, waits up to two seconds for the answers, and closes the sockets.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _isOver = true;
        if (!_isRunning)
            return;
        _isRunning = false;
        var leaving = _userAgent.LeaveTrunksAsync();
        foreach (var line in _lines.Keys)
            line.Call.HangUp();
        // Q.850 cause 31: normal, unspecified.
        if (!await EndsInTimeAsync(_calls.HangUpAllAsync("Q.850;cause=31;text=\"Shutting down\""), cancellationToken))
            CallsLog.StoppedWithDialogs(_logger, _calls.OpenDialogs);
        await EndsInTimeAsync(leaving, cancellationToken);
        await _userAgent.StopAsync(cancellationToken);
    }

    // Said only where it may be an oversight: who writes "Answer" means it.
    private void WarnOfOpenDoor()
    {
        var reachable = _options.ListenEndPoints.Where(listen => !IPAddress.IsLoopback(listen.EndPoint.Address)).ToList();
        if (_options.Access.Strangers is null && _options.Strangers == StrangerPolicy.Answer && reachable.Count > 0)
            AdmissionLog.OpenToAll(_logger, string.Join(", ", reachable));
    }

    private async Task<bool> EndsInTimeAsync(Task work, CancellationToken cancellationToken)
    {
        try
        {
            await work.WaitAsync(ByeWait, _timeProvider, cancellationToken);
            return true;
        }
        catch (Exception waited) when (waited is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await _userAgent.DisposeAsync();
        _stir.Dispose();
    }
}
