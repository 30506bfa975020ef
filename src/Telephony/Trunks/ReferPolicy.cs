namespace Telephony.Trunks;

/// <summary>What becomes of a REFER within a call: the other side wants us to call somebody else in its place.</summary>
public enum ReferPolicy
{
    /// <summary>It is refused with 405, and REFER not among the methods that we say we take.</summary>
    Refuse,

    /// <summary>Whoever it names is called, if <c>Telephony:Outbound</c> lets us, and the call goes on with them; not for strangers, who come by no trunk and have not logged in.</summary>
    Allow,
}
