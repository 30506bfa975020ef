using System.Net;
using Telephony.Sdp;
using Telephony.Sip.Transport;

namespace Telephony.Calls;

/// <summary>Where a call's media is to be had: between which addresses, and under which terms of encryption.</summary>
/// <param name="Local">Where its signalling is listened for.</param>
/// <param name="Advertised">Our address as the peer is told.</param>
/// <param name="SignalingHost">The peer of the signalling.</param>
/// <param name="Srtp">Whether media is encrypted.</param>
internal sealed record MediaPlace(SipListenEndPoint Local, IPAddress Advertised, IPAddress SignalingHost, SrtpTerms Srtp);
