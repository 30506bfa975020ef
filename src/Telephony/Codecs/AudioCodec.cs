namespace Telephony.Codecs;

/// <summary>An RTP audio encoding as SDP names it (RFC 3551, RFC 8866 section 6.6) with the rate its PCM side runs at.</summary>
/// <param name="Name">Encoding name, upper case as registered: <c>PCMU</c>.</param>
/// <param name="ClockRateHz">RTP timestamp units per second; 8000 for G.722 too (RFC 3551 section 4.5.2).</param>
/// <param name="SampleRateHz">PCM samples per second on the decoded side.</param>
/// <param name="Channels">Channels in the rtpmap; 1 is not written.</param>
/// <param name="StaticPayloadType">Payload type fixed by RFC 3551 table 4, or null for a dynamic one.</param>
public sealed record AudioCodec(string Name, int ClockRateHz, int SampleRateHz, int Channels, byte? StaticPayloadType);
