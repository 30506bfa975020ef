using System.Globalization;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>One of the devices that an INVITE of ours has reached: its dialog, and its reliable provisional responses (RFC 3262 section 4).</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class Fork(UserAgentCore core, InviteDialog dialog, uint inviteNumber) : IClientTransactionUser
{
    private uint? _lastReliable;
    private SipRequest? _ack;

    /// <summary>Its dialog.</summary>
    public InviteDialog Dialog { get; } = dialog;

    /// <summary>Whether it has answered the call, and got its ACK.</summary>
    public bool HasAnswered => _ack is not null;

    /// <summary>The answer to our offer that it gave before it answered the call; empty when it did not. One that was confirmed outweighs a preview.</summary>
    public ReadOnlyMemory<byte> EarlyAnswer { get; private set; }

    /// <summary>Whether <see cref="EarlyAnswer"/> was confirmed by PRACK, and thus binds both sides.</summary>
    public bool HasAgreed { get; private set; }

    /// <summary>A provisional response; confirmed by PRACK where it asks for that.</summary>
    /// <returns>False when it is a repetition, or one before it is missing: then it is to be ignored.</returns>
    public bool TryTake(SipResponse response)
    {
        var isReliable = IsReliable(response, out var number);
        if (isReliable)
        {
            // The first may have any number, further ones come without a gap.
            if (_lastReliable is { } last && number != last + 1)
                return false;
            _lastReliable = number;
            SendPrack(number);
        }
        var sdp = SessionBody.Of(response);
        if (!sdp.IsEmpty && !HasAgreed && (isReliable || EarlyAnswer.IsEmpty))
            (EarlyAnswer, HasAgreed) = (sdp, isReliable);
        return true;
    }

    /// <summary>Sends the ACK of its 2xx, the same for every repetition.</summary>
    /// <param name="credentials">The headers that the INVITE proved itself with (RFC 3261 section 22.1).</param>
    public void Acknowledge(IEnumerable<SipHeader> credentials)
    {
        if (_ack is null)
        {
            _ack = Dialog.Dialog.CreateAck(inviteNumber);
            foreach (var (name, value) in credentials)
                _ack.Headers.Add(name, value);
        }
        core.Requests.SendAck(Dialog.Dialog, _ack);
    }

    void IClientTransactionUser.OnResponse(SipRequest request, SipResponse response)
    {
    }

    void IClientTransactionUser.OnFailed(SipRequest request, bool isTimeout)
    {
    }

    private static bool IsReliable(SipResponse response, out uint number)
    {
        number = 0;
        return response.Headers.GetValues(HeaderNames.Require).Contains(ReliableProvisionals.OptionTag, StringComparer.OrdinalIgnoreCase)
            && uint.TryParse(response.Headers.GetFirst(HeaderNames.RSeq), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private void SendPrack(uint number)
    {
        var prack = Dialog.Dialog.CreateRequest(SipMethods.Prack);
        prack.Headers.Add(HeaderNames.RAck, $"{number} {inviteNumber} {SipMethods.Invite}");
        Dialog.Sender.Send(prack, this);
    }
}
