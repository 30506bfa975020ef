using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>Our REFER in a dialog and the NOTIFYs that tell how it went: the peer is asked to call somebody else (RFC 3515).</summary>
/// <remarks>Owned by the signalling loop. One at a time.</remarks>
internal sealed class ReferClient(UserAgentCore core, DialogSender sender, Dialog dialog, DialogResponses responses, Action<TransferOutcome> onEnded) : IClientTransactionUser
{
    private const string EventPackage = "refer";

    // However often the device reports that it rings: proxies let nothing ring much longer (timer C, RFC 3261 section 16.6).
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(3);

    private SipUri? _target;
    private SipRequest? _refer;
    private SipRequest? _unreported;   // we stopped waiting for its result; the device may still tell that it has gone well
    private SignalingTimer? _patience;
    private SignalingTimer? _limit;

    /// <summary>Whether the peer has agreed and the result is still to come.</summary>
    public bool IsAgreed { get; private set; }

    /// <summary>Whether a wish is not settled.</summary>
    public bool IsWanted => _target is not null;

    /// <summary>Notes whom the peer shall call; false while an earlier wish is not settled.</summary>
    public bool TryWant(SipUri target)
    {
        if (_target is not null)
            return false;
        _target = target;
        return true;
    }

    /// <summary>Sends what is wanted, if anything is; once for each wish.</summary>
    public void Send()
    {
        // Asked for with the ACK, whose end asks as well.
        if (_target is null || _refer is not null)
            return;
        _refer = dialog.CreateRequest(SipMethods.Refer);
        _refer.Contact = responses.Contact(dialog.Flow);
        _refer.Headers.Add(HeaderNames.ReferTo, new NameAddress { Uri = _target }.ToString());
        _refer.Headers.Add(HeaderNames.ReferredBy, new NameAddress { Uri = _refer.From.Uri }.ToString());
        sender.Send(_refer, this);
    }

    /// <summary>Answers a NOTIFY of the peer, and takes what it reports.</summary>
    public void OnNotify(ServerTransaction notify)
    {
        var answer = Read(notify.Request, out var refer, out var report);
        notify.Respond(responses.Refusal(notify, answer, null, answer == 489 ? [(HeaderNames.AllowEvents, EventPackage)] : []));
        if (report is >= 200 and < 300)
            End(TransferEnd.Accepted, report);
        else if (report >= 300 && refer == _refer)
            End(TransferEnd.Failed, report);
        else if (report >= 300)
            _unreported = null;
        else if (report > 0 && refer == _refer && IsAgreed)
            WaitOn();
    }

    public void OnResponse(SipRequest request, SipResponse response)
    {
        if (request != _refer || response.IsProvisional)
            return;
        if (!response.IsSuccess)
        {
            End(TransferEnd.Refused, response.StatusCode);
            return;
        }
        IsAgreed = true;
        _limit = core.Layer.StartTimer(core.TransferTimeout > LongestWait ? core.TransferTimeout : LongestWait, TimeOut, dialog.Id.SipCallId);
        WaitOn();
    }

    public void OnFailed(SipRequest request, bool isTimeout)
    {
        if (request != _refer)
            return;
        if (isTimeout)
            TimeOut();
        else
            End(TransferEnd.Refused, 503);
    }

    /// <summary>The dialog ends, or the wish is settled: nothing is told any more.</summary>
    public void Stop()
    {
        _patience?.Cancel();
        _limit?.Cancel();
        _target = null;
        _refer = null;
        _unreported = null;
        IsAgreed = false;
    }

    /// <summary>What the NOTIFY is to be answered with, the REFER that it is about, and the status that it reports, 0 for none.</summary>
    /// <remarks>It may come before the answer to the REFER. Without a body it reports nothing, and the wait goes on.</remarks>
    private int Read(SipRequest notify, out SipRequest? refer, out int report)
    {
        (refer, report) = (_refer ?? _unreported, 0);
        if (refer is null)
            return 481;
        if (!TryReadEvent(notify, out var id))
            return 489;
        if (id is not null)
            refer = IsNamed(_refer, id) ? _refer : IsNamed(_unreported, id) ? _unreported : null;
        if (refer is null)
            return 481;   // of an earlier REFER (RFC 3515 section 2.4.6)
        if (notify.Body.IsEmpty)
            return 200;
        if (notify.ContentType is not { } type || SessionBody.MediaType(type) != SipFragment.MediaType)
            return 415;
        return SipFragment.TryReadStatus(notify.Body.Span, out report) ? 200 : 400;
    }

    private static bool IsNamed(SipRequest? refer, string id) => refer is not null && id == $"{refer.CSeq.Number}";

    private static bool TryReadEvent(SipRequest notify, out string? id)
    {
        id = null;
        var value = (notify.Headers.GetFirst(HeaderNames.Event) ?? "").AsSpan();
        var semicolon = value.IndexOf(';');
        var package = (semicolon < 0 ? value : value[..semicolon]).Trim();
        if (!package.Equals(EventPackage, StringComparison.OrdinalIgnoreCase) || !SipParameters.TryParse(semicolon < 0 ? [] : value[semicolon..], out var parameters))
            return false;
        id = parameters.Get("id");
        return true;
    }

    private void WaitOn()
    {
        _patience?.Cancel();
        _patience = core.Layer.StartTimer(core.TransferTimeout, TimeOut, dialog.Id.SipCallId);
    }

    private void TimeOut() => End(TransferEnd.TimedOut, 408);

    private void End(TransferEnd end, int statusCode)
    {
        var unreported = end == TransferEnd.TimedOut ? _refer : _unreported;
        Stop();
        _unreported = unreported;
        onEnded(new TransferOutcome(end, statusCode));
    }
}
