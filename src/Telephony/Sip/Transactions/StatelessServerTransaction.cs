using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Transactions;

/// <summary>A request that is about no call of ours and that there is no room to remember: answered each time it comes, which does no harm (RFC 3261 section 8.2.7).</summary>
/// <remarks>Is in no table and has no timer, so that a flood costs no memory, and who asks by OPTIONS whether we are alive hears so meanwhile.</remarks>
internal sealed class StatelessServerTransaction(TransactionLayer layer, TransactionKey key, SipRequest request, SipFlow flow)
    : ServerTransaction(layer, key, request, flow)
{
    public override void Respond(SipResponse response)
    {
        if (!IsAnswered)
            Send(response);
    }

    public override void OnRetransmission() => SendAgain();

    protected override void OnTerminated()
    {
    }
}
