namespace Telephony.Trunks;

/// <summary>How a caller who came by a trunk waits.</summary>
public enum TrunkHold
{
    /// <summary>Hears our waiting sound; the trunk is told nothing.</summary>
    Local,

    /// <summary>Is put on hold by re-INVITE as well: the trunk may play music of its own, and shows them as waiting; one that does not passes our waiting sound on.</summary>
    Sip,
}
