using System.Globalization;
using System.Security.Cryptography;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>Our changes and refreshes of a call that stands: re-INVITE (RFC 3261 section 14.1), or UPDATE where nothing changes and the peer takes it (RFC 3311).</summary>
/// <remarks>Owned by the signalling loop. One at a time; what is wanted meanwhile, or while the peer's own change is open, waits and goes out as one.</remarks>
internal sealed class ReinviteClient(UserAgentCore core, InviteDialog dialog) : IClientTransactionUser
{
    private const int MaxTries = 6;
    private const int MaxRetryAfterSeconds = 30;
    private const int GlareStepMs = 10;   // RFC 3261 section 14.1: units of 10 ms

    private Wish _wish;
    private Wish _open;
    private SipRequest? _request;
    private (SipRequest Invite, SipRequest Ack)? _confirmed;
    private SignalingTimer? _again;
    private int _tries;

    private enum Wish { None, Refresh, Change }

    /// <summary>Whether an offer of ours has no answer yet.</summary>
    public bool IsOfferOpen => _request is { Method: SipMethods.Invite };

    /// <summary>Wants the session refreshed, or the peer told of a change, as soon as it may be.</summary>
    public void Want(bool isChange)
    {
        if (_wish < (isChange ? Wish.Change : Wish.Refresh))
            _wish = isChange ? Wish.Change : Wish.Refresh;
        SendWanted();
    }

    /// <summary>Sends what is wanted, if anything is and it may be sent.</summary>
    public void SendWanted()
    {
        if (_wish == Wish.None || _request is not null || _again is { Callback: not null } || !dialog.MayOffer)
            return;
        (_open, _wish) = (_wish, Wish.None);
        _request = _open == Wish.Refresh && dialog.PeerTakesUpdate ? Create(SipMethods.Update) : Reinvite();
        if (_request is null)
        {
            _wish = _open;
            return;
        }
        _tries++;
        dialog.Sender.Send(_request, this);
    }

    /// <summary>The dialog ends.</summary>
    public void Stop()
    {
        _wish = Wish.None;
        _again?.Cancel();
        _request = null;
    }

    public void OnResponse(SipRequest request, SipResponse response)
    {
        if (response.IsSuccess && request.Method == SipMethods.Invite)
            Acknowledge(request, response);
        if (response.IsProvisional || request != _request)
            return;
        _request = null;
        if (response.IsSuccess)
            OnAccepted(request, response);
        else
            OnRefused(request, response);
        SendWanted();
    }

    public void OnFailed(SipRequest request, bool isTimeout)
    {
        if (request != _request)
            return;
        _request = null;
        if (isTimeout)
            dialog.Lose();   // RFC 3261 section 14.1
        else
            GiveUp(503);
    }

    private SipRequest? Reinvite()
    {
        var sdp = dialog.Handler.OnOfferDue();
        if (sdp.IsEmpty)
            return null;
        var reinvite = Create(SipMethods.Invite);
        reinvite.ContentType = Capabilities.SessionDescription;
        reinvite.Body = sdp;
        return reinvite;
    }

    private SipRequest Create(string method)
    {
        var request = dialog.Dialog.CreateRequest(method);
        request.Contact = dialog.Responses.Contact(dialog.Dialog.Flow);
        request.Headers.Add(HeaderNames.Allow, Capabilities.Allow);
        request.Headers.Add(HeaderNames.Supported, Capabilities.Supported);
        dialog.Session.Describe(request);
        return request;
    }

    /// <summary>The ACK of a 2xx, and of each copy of it (RFC 3261 section 13.2.2.4).</summary>
    private void Acknowledge(SipRequest invite, SipResponse response)
    {
        if (_confirmed?.Invite != invite)
        {
            dialog.Dialog.Refresh(response);
            var ack = dialog.Dialog.CreateAck(invite.CSeq.Number);
            foreach (var (name, value) in invite.Headers.Where(header => header.Name is HeaderNames.Authorization or HeaderNames.ProxyAuthorization))
                ack.Headers.Add(name, value);
            _confirmed = (invite, ack);
        }
        core.Requests.SendAck(dialog.Dialog, _confirmed.Value.Ack);
    }

    private void OnAccepted(SipRequest request, SipResponse response)
    {
        _tries = 0;
        dialog.Dialog.Refresh(response);
        dialog.LearnMethods(response);
        dialog.Session.Learn(response);
        if (request.Method == SipMethods.Invite)
            dialog.Handler.OnReoffered(response.StatusCode, SessionBody.Of(response), isTriedAgain: false);
    }

    private void OnRefused(SipRequest request, SipResponse response)
    {
        switch (response.StatusCode)
        {
            case 408 or 481:
                dialog.Lose();   // RFC 3261 section 12.2.1.2
                break;
            case 422 when dialog.Session.TryRaise(response):
                TryAgain(request, response.StatusCode, TimeSpan.Zero);
                break;
            case 405 or 501 when request.Method == SipMethods.Update:
                dialog.PeerTakesUpdate = false;
                TryAgain(request, response.StatusCode, TimeSpan.Zero);
                break;
            case 491:
                TryAgain(request, response.StatusCode, GlareWait());
                break;
            case 500 or 503 when RetryAfter(response) is { } wait:
                TryAgain(request, response.StatusCode, wait);
                break;
            default:
                GiveUp(response.StatusCode, request);
                break;
        }
    }

    private void TryAgain(SipRequest request, int statusCode, TimeSpan wait)
    {
        if (_tries >= MaxTries)
        {
            GiveUp(statusCode, request);
            return;
        }
        if (request.Method == SipMethods.Invite)
            dialog.Handler.OnReoffered(statusCode, default, isTriedAgain: true);
        if (_wish < _open)
            _wish = _open;
        _again = core.Layer.StartTimer(wait, SendWanted, request.CallId);
    }

    private void GiveUp(int statusCode, SipRequest? request = null)
    {
        _tries = 0;
        if (request is null || request.Method == SipMethods.Invite)
            dialog.Handler.OnReoffered(statusCode, default, isTriedAgain: false);
        dialog.Session.OnRefreshFailed();
    }

    // The owner of the Call-ID waits longer, so that the two sides do not meet again.
    private TimeSpan GlareWait() =>
        TimeSpan.FromMilliseconds(GlareStepMs * (dialog.Dialog.IsOurs ? RandomNumberGenerator.GetInt32(210, 401) : RandomNumberGenerator.GetInt32(0, 201)));

    private static TimeSpan? RetryAfter(SipResponse response)
    {
        var value = (response.Headers.GetFirst(HeaderNames.RetryAfter) ?? "").AsSpan();
        var end = value.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? value : value[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, MaxRetryAfterSeconds))
            : null;
    }
}
