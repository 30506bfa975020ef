using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>The REFERs that come within one dialog: read, and handed to the host where the policy lets them be.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class Refers(UserAgentCore core, DialogSender sender, Dialog dialog, DialogResponses responses)
{
    private bool _hasCome;
    private bool _isOver;

    /// <summary>Answers a REFER, or has the host do it.</summary>
    /// <param name="refer">The REFER.</param>
    /// <param name="isUp">Whether the call stands.</param>
    /// <param name="handler">Who decides.</param>
    public void Receive(ServerTransaction refer, bool isUp, IInviteHandler handler)
    {
        if (!responses.TakesRefer)
        {
            core.Refuse(refer, 405, null, new(HeaderNames.Allow, Capabilities.Allow));
            return;
        }
        if (!isUp)
        {
            core.Refuse(refer, 491);
            return;
        }
        var (target, refusal) = ReferTarget.Read(refer.Request);
        if (target is null)
        {
            core.Refuse(refer, refusal);
            return;
        }
        var isFirst = !_hasCome;
        _hasCome = true;
        handler.OnRefer(new ReferServer(sender, dialog, responses, refer, target, isFirst, () => _isOver));
    }

    /// <summary>The dialog is over: nothing is told any more, of whichever REFER.</summary>
    public void Stop() => _isOver = true;
}
