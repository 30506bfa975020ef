using Microsoft.Extensions.Logging;
using Telephony.Sdp;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>What changes a running call's media: re-INVITEs of every form, and answers that come in an ACK. Tells the listener of hold and resume.</summary>
/// <remarks>Owned by the signalling loop. A change that cannot be made leaves the call as it was.</remarks>
/// <param name="call">The call.</param>
/// <param name="media">Its half of offer and answer.</param>
/// <param name="logger">Gets what changes.</param>
/// <param name="isHeld">What the listener was told last.</param>
internal sealed class Renegotiation(Call call, CallMedia media, ILogger logger, bool isHeld = false)
{
    private bool _isHeld = isHeld;

    /// <summary>Whether the listener was told last that the peer holds us.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>Answers a re-INVITE: with an answer, with our offer if it brought none, or with a refusal.</summary>
    public void OnReinvite(ReinviteServer reinvite)
    {
        var body = reinvite.Offer;
        if (media.IsOfferOutstanding)
            reinvite.Reject(491);   // our own offer still waits for its answer (RFC 3261 section 14.2)
        else if (body.IsEmpty)
            Offer(reinvite);
        else
            Answer(reinvite, Answer(body.Span));
    }

    /// <summary>What an offer in a running or beginning call is answered with; the new media is used at once.</summary>
    public OfferReply Answer(ReadOnlySpan<byte> body)
    {
        if (media.IsOfferOutstanding)
            return new(491, default);
        if (!SdpParser.TryParse(body, out var offer))
            return Refused(400, "its session description cannot be read");
        if (!media.TryAnswer(offer, out var answer))
            return Refused(488, CallLayer.WhyUnusable(offer, media.Local), CallLayer.Warning(offer, media.Local));
        LogChange();
        return new(200, answer);
    }

    /// <summary>Takes the answer to an offer of ours.</summary>
    /// <param name="body">The SDP.</param>
    /// <param name="message">What brought it, for the log.</param>
    /// <returns>False if it does not fit; the media of before, if any, goes on.</returns>
    public bool TryTakeAnswer(ReadOnlySpan<byte> body, string message)
    {
        if (!media.TryTakeAnswer(body, out var why))
        {
            CallsLog.AnswerUnusable(logger, call.CallId, message, why);
            return false;
        }
        LogChange();
        return true;
    }

    /// <summary>Our description for a re-INVITE of ours.</summary>
    public ReadOnlyMemory<byte> Reoffer() => media.IsOfferOutstanding || media.Negotiated is null ? default : media.Reoffer();

    /// <summary>Takes what our re-INVITE was answered with; refused, the media of before goes on.</summary>
    public void OnReoffered(int statusCode, ReadOnlyMemory<byte> answer, bool isTriedAgain)
    {
        if (statusCode is >= 200 and < 300)
        {
            TryTakeAnswer(answer.Span, "the response to our re-INVITE");
            TellHold();
            return;
        }
        if (isTriedAgain)
            media.DropOffer();
        else
            media.GiveOfferUp();
        CallsLog.ReofferRefused(logger, call.CallId, statusCode);
    }

    /// <summary>Tells the listener if hold has begun or ended since the last time.</summary>
    public void TellHold() => TellHold(media.IsHeld);

    /// <summary>Tells the listener that it is held, or not, if that is new.</summary>
    public void TellHold(bool isHeld)
    {
        if (_isHeld == isHeld)
            return;
        _isHeld = isHeld;
        call.Listener?.OnHold(isHeld);
    }

    private void Offer(ReinviteServer reinvite)
    {
        if (!reinvite.IsOpen)
            return;
        reinvite.OnAck = (body, _) =>
        {
            if (!media.IsOver && TryTakeAnswer(body.Span, "ACK"))
                TellHold();
        };
        reinvite.OnUnsent = media.DropOffer;
        reinvite.Accept(media.Offer());
    }

    private void Answer(ReinviteServer reinvite, OfferReply reply)
    {
        if (reply.StatusCode != 200)
        {
            reinvite.Reject(reply.StatusCode, null, reply.Headers);
            return;
        }
        reinvite.Accept(reply.Sdp);
        TellHold();
    }

    private OfferReply Refused(int statusCode, string why, params (string Name, string Value)[] headers)
    {
        CallsLog.MediaChangeRefused(logger, call.CallId, statusCode, why);
        return new(statusCode, default, headers);
    }

    private void LogChange()
    {
        if (media.Negotiated is { } agreed)
            CallsLog.MediaChanged(logger, call.CallId, agreed.Codec.Name, agreed.Direction, agreed.RemoteRtp);
    }
}
