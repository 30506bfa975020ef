namespace Telephony.Sip.Registrar;

/// <summary>A phone that is registered here, for operators: a snapshot.</summary>
/// <param name="User">Whose it is.</param>
/// <param name="Contact">The address that it wants to be called at, as it wrote it.</param>
/// <param name="Source">Where its registration came from, such as <c>tls://203.0.113.9:40000</c>; calls to it go there.</param>
/// <param name="IsReachable">Whether a call would reach it: false where the connection that it registered on is closed.</param>
/// <param name="Until">When the registration ends if the phone does not renew it.</param>
public sealed record RegisteredPhone(string User, string Contact, string Source, bool IsReachable, DateTimeOffset Until);
