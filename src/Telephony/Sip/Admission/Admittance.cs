namespace Telephony.Sip.Admission;

/// <summary>What becomes of a request that belongs to no call.</summary>
internal enum Admittance
{
    /// <summary>It is served.</summary>
    Welcome,

    /// <summary>It is answered 403, and nothing of it is kept.</summary>
    Refused,

    /// <summary>It has been answered, and nothing of it is kept.</summary>
    Answered,

    /// <summary>It is dropped.</summary>
    Ignored,
}
