using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Calls;

/// <summary>The other side of a call wants somebody else called in its place (REFER): calls them, tells it how that goes, and lets the call go on with them.</summary>
/// <remarks>Owned by the signalling loop. The rules of <c>Telephony:Outbound</c> hold as for every call of ours.</remarks>
internal sealed class Referral(CallLeg leg, CallLayer layer, CallServices services, ReferServer refer) : ICallListener
{
    // A device hangs up by itself once it is told that the other party is there.
    private static readonly TimeSpan HangUpWait = TimeSpan.FromSeconds(5);

    private Call? _call;
    private Task _dialling = Task.CompletedTask;
    private bool _isOver;

    /// <summary>Whether something may still come of it.</summary>
    public bool IsOpen => !_isOver;

    private ReferTarget Wanted => refer.Target;

    /// <summary>Calls whom it names; the answer to the REFER goes out when that is known to be possible.</summary>
    public void Begin()
    {
        CallsLog.Referred(services.Logger, leg.Call.CallId, Wanted.Uri.ToString());
        _dialling = DialAsync();
    }

    /// <summary>The call is over: nobody is called any more.</summary>
    public void GiveUp()
    {
        if (_isOver)
            return;
        _isOver = true;
        refer.Refuse(487);
        _call?.HangUp();
    }

    void ICallListener.OnRinging() => refer.Report(180, "Ringing");

    void ICallListener.OnAnswered()
    {
        // The ACK follows at once.
    }

    void ICallListener.OnAcknowledged()
    {
        if (_isOver || layer.LegOf(_call!) is not { } other)
            return;
        _isOver = true;
        other.TakeCallOf(leg);
        other.TellHandedOver();
        refer.Report(200, "OK");
        leg.LeaveCallWithin(HangUpWait);
    }

    void ICallListener.OnMediaStarted()
    {
    }

    void ICallListener.OnHold(bool held)
    {
    }

    void ICallListener.OnDigit(char digit, int durationMs, DigitSource source)
    {
    }

    void ICallListener.OnDigitsSent(string sent, string unsent)
    {
    }

    void ICallListener.OnTransferEnded(TransferOutcome outcome)
    {
    }

    void ICallListener.OnEnded(CallEndReason reason) => Fail(_call?.Refusal?.StatusCode ?? 480, _call?.Refusal?.ReasonPhrase ?? "Not Reached");

    private async Task DialAsync()
    {
        var result = DialRefusal.Unavailable;
        try
        {
            result = await layer.DialAsync(new DialRequest { Target = Target(), Trunk = Trunk, OnCreated = OnCreated, Headers = Wanted.Headers });
        }
        finally
        {
            if (result != DialRefusal.None)
                leg.Post(OnNotDialled);
        }
    }

    /// <summary>The trunk of the call, where calls can be made by it.</summary>
    private string? Trunk => leg.Identity.Trunk is { } name && services.Options.Trunks.TryGetValue(name, out var options) && options.Server.Length > 0 ? name : null;

    /// <summary>Whom to call: a number at the other side's own host is a number of its trunk, and is looked for as that among those whom we may call.</summary>
    private string Target()
    {
        if (Trunk is not { } name || Wanted.Replaces || OutboundTarget.Of(Wanted.Uri) is not { Number: { } number, Host: { } host })
            return Wanted.Uri.ToString();
        var isOwn = host == leg.Identity.RemoteEndPoint.Address.ToString() || host.Equals(new Trunk(name, services.Options.Trunks[name]).Domain, StringComparison.OrdinalIgnoreCase);
        return isOwn ? number : Wanted.Uri.ToString();
    }

    private Referral? OnCreated(Call call)
    {
        if (_isOver)
            return null;
        _call = call;
        refer.Accept();
        return this;
    }

    private void OnNotDialled()
    {
        refer.Refuse(603);
        Fail(603, "Decline");
    }

    private void Fail(int statusCode, string reasonPhrase)
    {
        if (_isOver)
            return;
        _isOver = true;
        refer.Report(statusCode, SipText.IsToken(reasonPhrase.Replace(' ', '-')) ? reasonPhrase : "Failed");
        CallsLog.NotReferred(services.Logger, leg.Call.CallId, Wanted.Uri.ToString(), statusCode);
        leg.OnReferralFailed();
    }
}
