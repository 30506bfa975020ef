namespace Telephony.Sip.UserAgents;

/// <summary>An INVITE of ours to one callee or to several at once, until it is answered, refused or given up.</summary>
internal interface IInviteAttempt
{
    /// <summary>Sends it; once.</summary>
    void Send();

    /// <summary>Gives up before the answer.</summary>
    void Cancel();
}
