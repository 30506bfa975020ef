using System.Net;
using Telephony.Rtp.Srtp;
using Telephony.Sdp;

namespace Telephony.Media;

/// <summary>One answer made ready for the media thread: built where the answer was negotiated, so that the media thread only takes it over.</summary>
/// <param name="Media">What was negotiated.</param>
/// <param name="Rtp">Where the peer wants RTP; null when SDP names nobody.</param>
/// <param name="Rtcp">Where the peer wants RTCP; null when SDP names nobody.</param>
/// <param name="Receive">The receive path for this codec: the one in use when codec and payload types stay.</param>
/// <param name="Send">The send path for this codec and packet time: the one in use when both stay.</param>
/// <param name="IsEarly">The call is not answered yet.</param>
/// <param name="SrtpSend">Encrypts what we send: the one in use when our key stays; null for media in clear.</param>
/// <param name="SrtpReceive">Decrypts what the peer sends: the one in use when its key stays; null for media in clear.</param>
internal sealed record MediaSetup(
    NegotiatedMedia Media, SocketAddress? Rtp, SocketAddress? Rtcp, ReceivePath Receive, SendPath Send, bool IsEarly, SrtpSender? SrtpSend, SrtpReceiver? SrtpReceive);
