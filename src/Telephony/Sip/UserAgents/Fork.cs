using System.Globalization;
using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>One of the devices that an INVITE of ours has reached: its dialog, its reliable provisional responses (RFC 3262 section 4), and what it agrees on before the answer.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class Fork : IClientTransactionUser, IInviteBeginning
{
    private readonly UserAgentCore _core;
    private readonly UserAgentClient _client;
    private readonly uint _inviteNumber;
    private uint? _lastReliable;
    private SipRequest? _ack;

    /// <param name="core">Sends.</param>
    /// <param name="client">The INVITE, of which it is told what ends it.</param>
    /// <param name="dialog">Names and numbers of its dialog.</param>
    /// <param name="wanted">What was sent.</param>
    /// <param name="inviteNumber">CSeq of the INVITE that has reached it.</param>
    /// <param name="handler">Asked when it changes the session before the answer.</param>
    public Fork(UserAgentCore core, UserAgentClient client, Dialog dialog, OutboundInvite wanted, uint inviteNumber, IOutboundInviteHandler handler)
    {
        _core = core;
        _client = client;
        _inviteNumber = inviteNumber;
        Dialog = new InviteDialog(core, dialog, wanted.LocalUser, this, wanted.Account);
        Dialog.Responses.TakesRefer = wanted.MayRefer && core.Options.TakesRefer(wanted.Trunk);
        Dialog.Handler = new EarlyHandler(this, handler);
    }

    /// <summary>Its dialog.</summary>
    public InviteDialog Dialog { get; }

    /// <summary>Whether it has answered the call, and got its ACK.</summary>
    public bool HasAnswered => _ack is not null;

    /// <summary>How it described its media last before it answered the call; empty when it did not.</summary>
    private ReadOnlyMemory<byte> EarlyAnswer { get; set; }

    /// <summary>Whether <see cref="EarlyAnswer"/> was confirmed by PRACK, and thus binds both sides.</summary>
    private bool HasAgreed { get; set; }

    // An answer that no PRACK has confirmed is a preview (RFC 3261 section 13.2.1).
    bool IInviteBeginning.IsOfferOpen => _client.IsCalling && !HasAgreed;

    bool IInviteBeginning.HasEarlySession => HasAgreed;

    /// <summary>A provisional response; confirmed by PRACK where it asks for that.</summary>
    /// <param name="response">The response.</param>
    /// <param name="sdp">The answer to our offer that it brings, and that counts until another does; empty as a rule.</param>
    /// <returns>False when it is a repetition, or one before it is missing: then it is to be ignored.</returns>
    public bool TryTake(SipResponse response, out ReadOnlyMemory<byte> sdp)
    {
        sdp = default;
        var isReliable = IsReliable(response, out var number);
        if (isReliable)
        {
            // The first may have any number, further ones come without a gap.
            if (_lastReliable is { } last && number != last + 1)
                return false;
            _lastReliable = number;
            SendPrack(number);
        }
        sdp = HasAgreed ? default : SessionBody.Of(response);
        if (!sdp.IsEmpty)
            (EarlyAnswer, HasAgreed) = (sdp, isReliable);
        return true;
    }

    /// <summary>The answer to our offer once the call is answered: what was confirmed before stands (RFC 3261 section 13.2.1), a preview only where the 2xx has none.</summary>
    public ReadOnlyMemory<byte> AnswerOf(SipResponse success) =>
        !HasAgreed && SessionBody.Of(success) is { IsEmpty: false } answer ? answer : EarlyAnswer;

    /// <summary>Sends the ACK of its 2xx, the same for every repetition.</summary>
    /// <param name="credentials">The headers that the INVITE proved itself with (RFC 3261 section 22.1).</param>
    public void Acknowledge(IEnumerable<SipHeader> credentials)
    {
        if (_ack is null)
        {
            _ack = Dialog.Dialog.CreateAck(_inviteNumber);
            foreach (var (name, value) in credentials)
                _ack.Headers.Add(name, value);
        }
        _core.Requests.SendAck(Dialog.Dialog, _ack);
    }

    void IClientTransactionUser.OnResponse(SipRequest request, SipResponse response)
    {
    }

    void IClientTransactionUser.OnFailed(SipRequest request, bool isTimeout)
    {
    }

    void IInviteBeginning.OnAck(SipRequest ack)
    {
    }

    void IInviteBeginning.LetGo() => _client.LetGo();

    void IInviteBeginning.OnBye() => _client.OnCalleeBye();

    void IInviteBeginning.GiveUp() => _client.Cancel();

    void IInviteBeginning.Fail() => _client.Fail();

    void IInviteBeginning.Stop()
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
        prack.Headers.Add(HeaderNames.RAck, $"{number} {_inviteNumber} {SipMethods.Invite}");
        Dialog.Sender.Send(prack, this);
    }

    /// <summary>Hears of the dialog until the call is answered.</summary>
    private sealed class EarlyHandler(Fork fork, IOutboundInviteHandler handler) : SilentInviteHandler, IInviteHandler
    {
        public OfferReply OnOffer(ReadOnlyMemory<byte> offer)
        {
            var reply = handler.OnEarlyOffer(fork.Dialog, offer);
            if (reply.StatusCode == 200)
                fork.EarlyAnswer = offer;
            return reply;
        }
    }
}
