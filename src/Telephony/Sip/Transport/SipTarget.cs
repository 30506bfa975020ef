using System.Net;

namespace Telephony.Sip.Transport;

/// <summary>A protocol and address that a request goes to.</summary>
internal readonly record struct SipTarget(SipProtocol Protocol, IPEndPoint EndPoint);
