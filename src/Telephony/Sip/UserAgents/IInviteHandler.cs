using Telephony.Sip.Messages;

namespace Telephony.Sip.UserAgents;

/// <summary>Who is told what happens to one inbound INVITE and its dialog. Called on the signalling loop; must return at once.</summary>
/// <remarks>The last call is one of <see cref="OnCancelled"/>, <see cref="OnBye"/>, <see cref="OnByeCompleted"/> and <see cref="OnTransportFailed"/>;
/// there is none after <see cref="UserAgentServer.Reject"/>.</remarks>
public interface IInviteHandler
{
    /// <summary>The caller gave up before the answer; 487 has been sent.</summary>
    void OnCancelled();

    /// <summary>The first ACK of the 200: the call stands. With a late offer it carries the answer.</summary>
    /// <param name="body">The SDP it carries, empty when none.</param>
    /// <param name="contentType">Type of the body as spelled, or null.</param>
    void OnAck(ReadOnlyMemory<byte> body, string? contentType);

    /// <summary>No ACK for 64*T1: BYE has been sent, and <see cref="OnByeCompleted"/> follows.</summary>
    void OnAckTimeout();

    /// <summary>The answer to our offer that a provisional response carried; it came with the PRACK, which is answered 200 either way.</summary>
    /// <param name="answer">The SDP, empty when none.</param>
    /// <returns>False when it does not fit: the INVITE is refused with 488, and <see cref="OnTransportFailed"/> is not told.</returns>
    bool OnEarlyAnswer(ReadOnlyMemory<byte> answer) => false;

    /// <summary>The caller changes the session by another request than INVITE (PRACK, UPDATE), which is to be answered at once.</summary>
    /// <param name="offer">The SDP.</param>
    OfferReply OnOffer(ReadOnlyMemory<byte> offer) => new(488, default);

    /// <summary>The caller wants to change or refresh the session; answer through <paramref name="reinvite"/>, now or later.</summary>
    void OnReinvite(ReinviteServer reinvite);

    /// <summary>A re-INVITE of ours goes out: gives our description as it is to be now; empty for none, then nothing is sent.</summary>
    ReadOnlyMemory<byte> OnOfferDue() => default;

    /// <summary>What <see cref="OnOfferDue"/> gave has been answered.</summary>
    /// <param name="statusCode">2xx, or why the session goes on as it was.</param>
    /// <param name="answer">The peer's SDP; empty with a refusal.</param>
    /// <param name="isTriedAgain">Whether <see cref="OnOfferDue"/> is asked again in a while, because the peer could not take it just now.</param>
    void OnReoffered(int statusCode, ReadOnlyMemory<byte> answer, bool isTriedAgain)
    {
    }

    /// <summary>The peer knows nothing of the call any more, or nobody refreshed the session in time (RFC 4028 section 10): BYE has been sent, and
    /// <see cref="OnByeCompleted"/> follows.</summary>
    void OnSessionLost()
    {
    }

    /// <summary>An INFO within the dialog. Returns the status to answer with: 200, 415, ...</summary>
    int OnInfo(SipRequest info);

    /// <summary>The caller wants us to call somebody else in its place, and the policy lets it ask; answer through <paramref name="refer"/>, now or later.</summary>
    void OnRefer(ReferServer refer) => refer.Refuse(603);

    /// <summary>A transfer asked for by <see cref="UserAgentServer.Refer"/> is settled; not told if the call ends first. The call itself goes on, unless the
    /// caller's device took over by hanging up: then <see cref="OnBye"/> follows.</summary>
    void OnTransferEnded(TransferOutcome outcome);

    /// <summary>The caller hung up: 200 has been sent, the dialog is over.</summary>
    /// <param name="reason">Value of its Reason header (RFC 3326), or null.</param>
    void OnBye(string? reason);

    /// <summary>Our BYE was answered, or given up; the dialog is over.</summary>
    void OnByeCompleted();

    /// <summary>The caller never confirmed our ringing (64*T1, RFC 3262 section 3): 504 has been sent, the dialog is over.</summary>
    void OnPrackTimeout()
    {
    }

    /// <summary>The answer could not be sent, or a fault of ours hit this call; the dialog is over.</summary>
    void OnTransportFailed();
}
