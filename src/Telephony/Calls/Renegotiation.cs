using Microsoft.Extensions.Logging;
using Telephony.Sdp;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>What changes a running call's media: re-INVITEs of every form, and answers that come in an ACK. Tells the listener of hold and resume.</summary>
/// <remarks>Owned by the signalling loop. A change that cannot be made leaves the call as it was.</remarks>
internal sealed class Renegotiation(Call call, CallMedia media, ILogger logger)
{
    private bool _isHeld;

    /// <summary>Answers a re-INVITE: with an answer, with our offer if it brought none, or with a refusal.</summary>
    public void OnReinvite(ReinviteServer reinvite)
    {
        var body = reinvite.Offer;
        if (media.IsOfferOutstanding)
            reinvite.Reject(491);   // our own offer still waits for its answer (RFC 3261 section 14.2)
        else if (body.IsEmpty)
            Offer(reinvite);
        else if (!SdpParser.TryParse(body.Span, out var offer))
            Refuse(reinvite, 400, "its session description cannot be read");
        else if (!media.TryAnswer(offer, out var answer))
            Refuse(reinvite, 488, "nothing offered can be used", CallLayer.Warning(offer, media.LocalAddress));
        else
        {
            reinvite.Accept(answer);
            TellChange();
        }
    }

    /// <summary>Takes the answer to an offer that went out in a 200.</summary>
    /// <returns>False if it does not fit; the media of before, if any, goes on.</returns>
    public bool TryTakeAnswer(ReadOnlySpan<byte> body)
    {
        if (!media.TryTakeAnswer(body))
        {
            CallsLog.AnswerUnusable(logger, call.CallId);
            return false;
        }
        TellChange();
        return true;
    }

    /// <summary>Tells the listener if hold has begun or ended since the last time.</summary>
    public void TellHold()
    {
        if (_isHeld == media.IsHeld)
            return;
        _isHeld = media.IsHeld;
        call.Listener?.OnHold(_isHeld);
    }

    private void Offer(ReinviteServer reinvite)
    {
        reinvite.OnAck = (body, _) =>
        {
            if (!media.IsOver)
                TryTakeAnswer(body.Span);
        };
        reinvite.Accept(media.Offer());
    }

    private void Refuse(ReinviteServer reinvite, int statusCode, string why, params (string Name, string Value)[] headers)
    {
        CallsLog.MediaChangeRefused(logger, call.CallId, statusCode, why);
        reinvite.Reject(statusCode, null, headers);
    }

    private void TellChange()
    {
        if (media.Negotiated is { } agreed)
            CallsLog.MediaChanged(logger, call.CallId, agreed.Codec.Name, agreed.Direction, agreed.RemoteRtp);
        TellHold();
    }
}
