using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>The session timer of one dialog (RFC 4028): who refreshes the session, when, and when it counts as dead.</summary>
/// <remarks>Owned by the signalling loop. A peer that knows nothing of session timers is asked by us, and never expires by silence alone.</remarks>
/// <param name="layer">Timers.</param>
/// <param name="options">What we ask for.</param>
/// <param name="sipCallId">The call.</param>
/// <param name="onRefreshDue">We are to refresh now.</param>
/// <param name="onExpired">Nobody has refreshed in time: BYE is due.</param>
internal sealed class SessionTimer(TransactionLayer layer, SessionTimerOptions options, string sipCallId, Action onRefreshDue, Action onExpired)
{
    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(32);   // RFC 4028 section 10
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);           // after a refresh that failed
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private TimeSpan _wanted = options.Expires;
    private TimeSpan _leastOfPeer;
    private bool _isOurs = true;
    private bool _mayExpire;
    private SignalingTimer? _refresh;
    private SignalingTimer? _expiry;

    /// <summary>The interval in force; zero for none.</summary>
    public TimeSpan Interval { get; private set; }

    /// <summary>Why a request is refused whose interval is too short (RFC 4028 section 9); null when it is not.</summary>
    public static RequestRefusal? Check(SipRequest request, SessionTimerOptions options) =>
        request.Method is SipMethods.Invite or SipMethods.Update
            && SessionInterval.IsKnownTo(request)
            && SessionInterval.Of(request) is { } asked && asked.Length < options.MinSe
            ? new(422, Header: new(HeaderNames.MinSe, SessionInterval.Seconds(options.MinSe)))
            : null;

    /// <summary>Asks for a session timer in an INVITE of ours that begins a call.</summary>
    /// <param name="invite">The INVITE; asked again, it gets the new interval.</param>
    /// <param name="interval">The interval; zero asks for none.</param>
    public static void Ask(SipRequest invite, TimeSpan interval)
    {
        if (interval > TimeSpan.Zero)
            invite.Headers.Set(HeaderNames.SessionExpires, SessionInterval.Seconds(interval));
    }

    /// <summary>Asks for the interval that a 422 names; false when it names none, or did so before.</summary>
    public static bool TryAskLonger(SipRequest invite, SipResponse refusal)
    {
        var least = SessionInterval.Least(refusal);
        if (least <= SessionInterval.Least(invite) || least > Longest)
            return false;
        invite.Headers.Set(HeaderNames.SessionExpires, SessionInterval.Seconds(least));
        invite.Headers.Set(HeaderNames.MinSe, SessionInterval.Seconds(least));
        return true;
    }

    /// <summary>Our 2xx to an INVITE or UPDATE: says the interval that holds from now on (RFC 4028 section 9).</summary>
    public void Answer(SipRequest request, SipResponse response)
    {
        var isKnown = SessionInterval.IsKnownTo(request);
        if (Granted(request) is not { Ticks: > 0 } interval)
        {
            Stop();
            return;
        }
        var isOurs = !isKnown || SessionInterval.Of(request)?.Refresher == SessionInterval.Receiver;
        response.Headers.Add(HeaderNames.SessionExpires, $"{new SessionInterval(interval, isOurs ? SessionInterval.Receiver : SessionInterval.Sender)}");
        if (!isOurs)
            response.Headers.Add(HeaderNames.Require, SessionInterval.OptionTag);
        Start(interval, isOurs, mayExpire: isKnown);
    }

    /// <summary>Puts the interval into a re-INVITE or UPDATE of ours (RFC 4028 section 7.4).</summary>
    public void Describe(SipRequest request)
    {
        var interval = Interval > TimeSpan.Zero ? Interval : _wanted;
        if (interval == TimeSpan.Zero)
            return;
        if (interval < _leastOfPeer)
            interval = _leastOfPeer;
        request.Headers.Set(HeaderNames.SessionExpires, $"{new SessionInterval(interval, _isOurs ? SessionInterval.Sender : SessionInterval.Receiver)}");
        if (_leastOfPeer > TimeSpan.Zero)
            request.Headers.Set(HeaderNames.MinSe, SessionInterval.Seconds(_leastOfPeer));
    }

    /// <summary>The peer's 2xx to an INVITE or UPDATE of ours (RFC 4028 section 7.2).</summary>
    public void Learn(SipResponse response)
    {
        if (SessionInterval.Of(response) is { } agreed)
            Start(Max(agreed.Length, options.MinSe), agreed.Refresher != SessionInterval.Receiver, mayExpire: true);
        else if (_wanted > TimeSpan.Zero)
            Start(Max(_wanted, _leastOfPeer), isOurs: true, mayExpire: false);
        else
            Stop();
    }

    /// <summary>A 422: the interval to ask for instead (RFC 4028 section 7.3); false when it says none that is larger.</summary>
    public bool TryRaise(SipResponse refusal)
    {
        var least = SessionInterval.Least(refusal);
        if (least <= _leastOfPeer || least > Longest)
            return false;
        _leastOfPeer = least;
        _wanted = Max(_wanted, least);
        return true;
    }

    /// <summary>A refresh of ours came to nothing for now: it is tried again until the session expires.</summary>
    public void OnRefreshFailed()
    {
        if (Interval > TimeSpan.Zero && _isOurs)
            RefreshAfter(!_mayExpire ? Interval / 2 : Pause < Interval / 6 ? Pause : Interval / 6);
    }

    /// <summary>The call ends, or has no timer any more.</summary>
    public void Stop()
    {
        Interval = TimeSpan.Zero;
        _refresh?.Cancel();
        _expiry?.Cancel();
    }

    // A smaller interval than asked for may be granted, a larger one never (RFC 4028 section 9).
    private TimeSpan Granted(SipRequest request)
    {
        _leastOfPeer = Max(_leastOfPeer, SessionInterval.Least(request) is var least && least <= Longest ? least : TimeSpan.Zero);
        var own = Max(options.Expires, options.Expires > TimeSpan.Zero ? _leastOfPeer : TimeSpan.Zero);
        if (SessionInterval.Of(request) is not { } asked)
            return own;
        var length = asked.Length < Longest ? asked.Length : Longest;
        return Max(own > TimeSpan.Zero && own < length ? own : length, options.MinSe);
    }

    private void Start(TimeSpan interval, bool isOurs, bool mayExpire)
    {
        Stop();
        (Interval, _isOurs, _mayExpire) = (interval, isOurs, mayExpire);
        if (isOurs)
            RefreshAfter(interval / 2);
        if (mayExpire)
            _expiry = layer.StartTimer(interval - (LongestMargin < interval / 3 ? LongestMargin : interval / 3), onExpired, sipCallId);
    }

    private void RefreshAfter(TimeSpan wait)
    {
        _refresh?.Cancel();
        _refresh = layer.StartTimer(wait, onRefreshDue, sipCallId);
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
