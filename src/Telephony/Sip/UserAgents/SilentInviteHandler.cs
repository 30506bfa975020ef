using Telephony.Sip.Messages;

namespace Telephony.Sip.UserAgents;

/// <summary>Stands in until the host has set its own handler, and when it never does.</summary>
internal class SilentInviteHandler : IInviteHandler
{
    /// <summary>It has no state.</summary>
    public static readonly SilentInviteHandler Instance = new();

    protected SilentInviteHandler()
    {
    }

    public void OnCancelled()
    {
    }

    public void OnAck(ReadOnlyMemory<byte> body, string? contentType)
    {
    }

    public void OnAckTimeout()
    {
    }

    public void OnReinvite(ReinviteServer reinvite) => reinvite.Reject(488);

    public int OnInfo(SipRequest info) => 415;

    public void OnTransferEnded(TransferOutcome outcome)
    {
    }

    public void OnBye(string? reason)
    {
    }

    public void OnByeCompleted()
    {
    }

    public void OnTransportFailed()
    {
    }
}
