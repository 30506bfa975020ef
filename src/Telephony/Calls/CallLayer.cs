using System.Net.Sockets;
using Telephony.Rtp.Srtp;
using Telephony.Sdp;
using Telephony.Sip.Admission;
using Telephony.Sip.Identity.Stir;
using Telephony.Sip.Ladders;
using Telephony.Sip.Transactions;
using Telephony.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Calls;

/// <summary>INVITE -> <see cref="Call"/>: asks the host whether a call may come in, leases ports, settles the codec, and knows which calls are up.</summary>
/// <remarks>Works on the signalling loop; the host's commands are posted to it.</remarks>
internal sealed class CallLayer(CallServices started) : IUserAgentHandler
{
    private readonly HashSet<CallLeg> _open = [];
    private readonly Dictionary<UserAgentServer, (CallIdentity Identity, Task Verification)> _verifying = [];
    private CallCaps _caps = new(started.Options, started.TimeProvider);
    private readonly LogAllowance _turnedAway = new(started.TimeProvider);
    private CallServices _services = started;
    private Action<Action, string?> _post = (_, _) => { };
    private UserAgent? _userAgent;
    private Dialling? _dialling;
    private TrunkDirectory _trunks = TrunkDirectory.Empty;
    private TaskCompletionSource? _drained;

    /// <summary>Calls whose dialog is not over: answered and not yet offered ones too.</summary>
    public int OpenDialogs => _open.Count;

    /// <summary>Tells the layer where the signalling loop is; before the first message comes in.</summary>
    /// <param name="userAgent">The SIP stack.</param>
    /// <param name="trunks">The trunks that calls can be made by.</param>
    public void Attach(UserAgent userAgent, TrunkDirectory trunks)
    {
        _post = userAgent.Post;
        _userAgent = userAgent;
        _trunks = trunks;
        _dialling = new Dialling(this, _services, userAgent, trunks);
    }

    /// <summary>Calls that begin from now on go by other settings, and so do the bounds; those that are up keep theirs. On the loop.</summary>
    public void Replace(TelephonyOptions options, UserAgentChange change)
    {
        _services = _services.With(options);
        _caps = new CallCaps(options, _services.TimeProvider);
        _dialling!.Replace(_services);
        _userAgent!.Replace(change, HasCalls);
    }

    private bool HasCalls(string trunk) => OpenOf(trunk) > 0;

    /// <summary>Whether there may be one call more.</summary>
    public bool TakesCalls => InviteStatus().StatusCode is >= 200 and < 300;

    /// <summary>Whether a stranger's call that was never acknowledged stands in another's way: there is no place left, and not because the service stops.</summary>
    public bool LacksRoomForStrangers => _drained is null && !_services.Handler.IsStopping && (!TakesCalls || _caps.IsFullOfStrangers(OpenOf));

    /// <summary>Whether as many calls of a trunk are up as there may be, whoever made them.</summary>
    public bool IsFull(Trunk trunk) => CallCaps.IsFull(trunk, OpenOf);

    /// <summary>Makes a call; see <see cref="TelephonyService.DialAsync"/>. Any thread.</summary>
    public Task<DialRefusal> DialAsync(DialRequest request) => _dialling!.DialAsync(request);

    /// <summary>The leg that a call runs on; null for one that is over.</summary>
    public CallLeg? LegOf(Call call) => _open.FirstOrDefault(leg => leg.Call == call);

    /// <summary>Counts a blind transfer of a call, if it may be made: over a trunk it is one that we pay for; anybody else's device calls at its own cost.</summary>
    public DialRefusal TryTakeTransfer(Call call, TransferTarget target) => call.Trunk is null ? DialRefusal.None : _dialling!.TryTakeTransfer(target);

    /// <summary>A call of ours begins; false when the host does not want it after all.</summary>
    public bool TryOpen(CallLeg call, DialRequest request)
    {
        if (request.OnCreated(call.Call) is not { } listener)
        {
            _userAgent?.Ladders.End(call.Identity.SipCallId);
            return false;
        }
        call.Call.Listener = listener;
        _services.Metrics.OnDialled();
        CallsLog.Dialling(_services.Logger, call.Call.CallId, call.Call.To, call.Call.Trunk ?? "no trunk", call.Call.RemoteEndPoint, call.Call.SipCallId);
        _open.Add(call);
        return true;
    }

    /// <summary>Keeps the messages of a leg from now on.</summary>
    public SipLadder BeginLadder(string sipCallId) => _userAgent?.Ladders.Begin(sipCallId) ?? new SipLadder();

    /// <summary>The messages of a leg, those that were kept so far too, belong to a call that goes on over it.</summary>
    public void JoinLadder(string sipCallId, SipLadder ofLeg, SipLadder ofCall) => _userAgent?.Ladders.Join(sipCallId, ofCall.Append(ofLeg));

    /// <summary>Runs an action on the signalling loop; if it throws, the call of that Call-ID is ended.</summary>
    public void Post(Action action, string? sipCallId = null) => _post(action, sipCallId);

    /// <summary>Runs an action on the signalling loop after a while; on the loop.</summary>
    public SignalingTimer? After(TimeSpan due, Action action, string sipCallId) => _userAgent?.Layer.StartTimer(due, action, sipCallId);

    public OptionsAnswer OptionsStatus() => _drained is not null && _services.Handler.Health.StatusCode < 300 ? new(503) : _services.Handler.Health;

    public void OnInvite(UserAgentServer invite)
    {
        var isOwnName = invite.Trunk is null && invite.User is { } user && _services.Options.Users.TryGetValue(user, out var settings) && !settings.AnyCaller;
        var identity = CallIdentity.Of(invite.Request, invite.RemoteEndPoint, invite.Trunk) with { User = invite.User, IsOwnName = isOwnName };
        _services.Metrics.OnOffered();
        var (statusCode, retryAfter) = InviteStatus();
        if (invite.Replaced is not null)
            TakeOver(invite, identity);
        else if (statusCode is not (>= 200 and < 300))
            TurnAway(invite, identity, statusCode, "no new calls now", RetryAfter(retryAfter));
        else if (_caps.Exceeded(invite.Trunk, identity.IsStranger, OpenOf) is { } why)
            TurnAway(invite, identity, 503, why, []);   // no Retry-After: it would take all of us out of the sender's routing (RFC 5390)
        else
            Judge(invite, identity);
    }

    private (int StatusCode, string? RetryAfter) InviteStatus() => _drained is null ? _services.Handler.Availability : (503, null);

    /// <summary>An INVITE that is to take the place of a call (RFC 3891): it needs no place of its own.</summary>
    private void TakeOver(UserAgentServer invite, CallIdentity identity)
    {
        var former = _open.FirstOrDefault(leg => leg.Has(invite.Replaced!));
        if (former is null || !former.HasAudio || !identity.MayReplace(former.Identity))
            RefuseToReplace(invite, 481, "it is no call of the same trunk, user or address");   // as if there were none: nobody learns what others talk about
        else if (_drained is not null || !_caps.MayBegin(invite.Trunk))
            RefuseToReplace(invite, 503, "the service stops, or too many calls begin");
        else if (!CallMedia.TryLease(_services, invite, out var media))
            RefuseToReplace(invite, 503, "no RTP port is free");
        else
            Offer(invite, identity, media, former);
    }

    private void RefuseToReplace(UserAgentServer invite, int statusCode, string why)
    {
        CallsLog.NotReplaced(_services.Logger, invite.RemoteEndPoint, statusCode, why, invite.SipCallId);
        Reject(invite, statusCode, []);
    }

    // A stranger's address may be forged, and nobody there to answer the BYE; a trunk's channel is taken until its server does.
    private int OpenOf(string? trunk) => trunk is null
        ? _open.Count(call => call.Identity.IsStranger && call.Stage != CallStage.Over) + _verifying.Values.Count(waiting => waiting.Identity.IsStranger)
        : _open.Count(call => call.Identity.Trunk == trunk) + _verifying.Values.Count(waiting => waiting.Identity.Trunk == trunk);

    private void Judge(UserAgentServer invite, CallIdentity identity)
    {
        CallsLog.Offered(_services.Logger, identity.CallId, identity.RemoteEndPoint, identity.Trunk ?? "no trunk", identity.From, identity.DialledNumber, identity.SipCallId);
        var judgement = _services.Stir.Judge(invite.Request, invite.Trunk?.Options.TrustIdentity == true);
        if (_services.Stir.NeedsSignature(judgement))
            _verifying[invite] = (identity, Task.Run(() => VerifyAsync(invite, judgement)));   // away from the loop: the certificate may be far
        else
            Lease(invite, identity with { Stir = judgement.Result });
    }

    private async Task VerifyAsync(UserAgentServer invite, StirJudgement judgement)
    {
        var result = judgement.Result;
        try
        {
            result = await _services.Stir.VerifyAsync(judgement);
        }
        finally
        {
            Post(() => OnVerified(invite, result), invite.SipCallId);
        }
    }

    private void OnVerified(UserAgentServer invite, StirResult result)
    {
        if (!_verifying.Remove(invite, out var waiting))
            return;
        if (!invite.IsOpen)
            _services.Metrics.OnEnded(CallEndReason.Cancelled);
        else if (_drained is not null)
            Refuse(invite, waiting.Identity, 503, "no new calls now", []);
        else
            Lease(invite, waiting.Identity with { Stir = result });
    }

    private void Lease(UserAgentServer invite, CallIdentity identity)
    {
        if (identity.Stir.Verdict != StirVerdict.NoToken)
            CallsLog.Judged(_services.Logger, identity.CallId, identity.Stir.ToString(), identity.Stir.Detail);
        _services.Metrics.OnJudged(identity.Stir.Verdict);
        if (!CallMedia.TryLease(_services, invite, out var media))
            Refuse(invite, identity, 503, "no RTP port is free", RetryAfter("5"));
        else
            Offer(invite, identity, media);
    }

    /// <summary>The call's SIP side is finished; called once or more for each call.</summary>
    public void OnDialogClosed(CallLeg call)
    {
        _userAgent?.Ladders.End(call.Identity.SipCallId);
        call.LetGo();
        if (_open.Remove(call) && call.Identity.IsOutbound)
            _dialling!.OnOver();
        if (_trunks.HasFormer)
            _trunks.ForgetFormer(HasCalls);
        if (_open.Count == 0)
            _drained?.TrySetResult();
    }

    /// <summary>Hangs up every call and takes no new ones; completes when every dialog is over. Any thread.</summary>
    public Task HangUpAllAsync(string reasonHeader)
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            _drained = drained;
            foreach (var call in _open.ToList())
                call.HangUp(reasonHeader);
            foreach (var invite in _verifying.Keys.ToList())
                OnVerified(invite, StirResult.NoToken);   // is refused, because nothing is taken now
            if (_open.Count == 0)
                drained.SetResult();
        });
        return drained.Task;
    }

    private void Offer(UserAgentServer invite, CallIdentity identity, CallMedia media, CallLeg? former = null)
    {
        byte[]? answer = null;
        SessionDescription? offer = null;
        var body = invite.Offer;
        if (!body.IsEmpty && !SdpParser.TryParse(body.Span, out offer))
            RefuseMedia(invite, identity, media, 400, "its session description cannot be read", []);
        else if (offer is not null && !media.TryAnswer(offer, out answer))
            RefuseMedia(invite, identity, media, 488, WhyUnusable(offer, media.Local), [Warning(offer, media.Local)]);
        else if (offer is null && media.Local.Srtp.IsImpossible)
            RefuseMedia(invite, identity, media, 488, "an offer of ours would have to have keys for SRTP, which are exchanged over TLS only", []);
        else
        {
            var call = new InboundCall(this, _services, invite, identity, media, answer);
            invite.TellLadder();
            invite.Handler = call;
            _open.Add(call);
            if (former is null)
                _services.Handler.OnCallOffered(call.Call);
            else
                call.AnswerInPlaceOf(former);
        }
    }

    /// <summary>The header that says why none of an offer could be used.</summary>
    internal static (string, string) Warning(SessionDescription offer, LocalMedia local)
    {
        var code = OfferAnswer.WarningCode(offer, local);
        var host = local.Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{local.Address}]" : $"{local.Address}";
        var text = code switch { 303 => "Incompatible transport protocol", 304 => "Media type not available", _ => "Incompatible media format" };
        return ("Warning", $"{code} {host} \"{text}\"");
    }

    /// <summary>Why none of an offer or answer can be used, for the log.</summary>
    internal static string WhyUnusable(SessionDescription theirs, LocalMedia local) =>
        OfferAnswer.WarningCode(theirs, local) != 303 ? "no media of it can be used"
        : local.Srtp.Current is not null ? "it would end the encryption of media"
        : local.Srtp is { Policy: not SrtpPolicy.Never, Suites.Count: 0 } ? "keys for SRTP are exchanged over TLS only (Telephony:Srtp:AllowKeysInClear)"
        : $"its media is {(local.Srtp.Policy == SrtpPolicy.Required ? "not encrypted, or not" : "encrypted, but not")} as Telephony:Srtp wants it";

    internal static (string, string)[] RetryAfter(string? seconds) => seconds is null ? [] : [("Retry-After", seconds)];

    private void RefuseMedia(UserAgentServer invite, CallIdentity identity, CallMedia media, int statusCode, string why, (string, string)[] headers)
    {
        media.Dispose();
        Refuse(invite, identity, statusCode, why, headers);
    }

    /// <summary>Refuses what comes while no call is taken: as cheaply as may be, and without filling the log.</summary>
    private void TurnAway(UserAgentServer invite, CallIdentity identity, int statusCode, string why, (string, string)[] headers)
    {
        if (_turnedAway.TryTake(out var withheld))
            CallsLog.TurnedAway(_services.Logger, identity.CallId, identity.RemoteEndPoint, identity.Trunk ?? "no trunk", statusCode, why, identity.SipCallId, withheld);
        Reject(invite, statusCode, headers);
    }

    private void Refuse(UserAgentServer invite, CallIdentity identity, int statusCode, string why, (string, string)[] headers)
    {
        CallsLog.Refused(_services.Logger, identity.CallId, statusCode, why);
        Reject(invite, statusCode, headers);
    }

    private void Reject(UserAgentServer invite, int statusCode, (string, string)[] headers)
    {
        invite.Reject(statusCode, null, headers);
        _services.Metrics.OnRefused(statusCode);
        _services.Metrics.OnEnded(CallEndReason.Rejected);
    }
}
