using System.Net;
using System.Text;
using Telephony.Codecs;
using Telephony.Sdp;

namespace Telephony.Tests.Sdp;

/// <summary>Session descriptions for tests, written as a phone writes them.</summary>
internal static class Describe
{
    public static readonly AudioCodec Pcmu = new("PCMU", 8000, 8000, 1, 0);
    public static readonly AudioCodec Pcma = new("PCMA", 8000, 8000, 1, 8);

    public static readonly AudioCodec G722 = new("G722", 8000, 16_000, 1, 9);

    public static LocalMedia Local(bool ownOrder = false, params AudioCodec[] codecs) =>
        new(IPAddress.Parse("192.0.2.1"), 20_000, codecs.Length == 0 ? [Pcmu, Pcma] : codecs, ownOrder, PtimeMs: 20, SessionId: 4711);

    /// <summary>A description with c=IN IP4 198.51.100.7, followed by the given lines.</summary>
    public static SessionDescription Offer(params string[] lines) =>
        Parse(["v=0", "o=phone 1 1 IN IP4 198.51.100.7", "s=-", "c=IN IP4 198.51.100.7", "t=0 0", .. lines]);

    public static SessionDescription Parse(params string[] lines) =>
        SdpParser.TryParse(Encoding.UTF8.GetBytes(string.Join("\r\n", lines) + "\r\n"), out var description)
            ? description
            : throw new FormatException(string.Join('\n', lines));

    public static (SessionDescription Answer, NegotiatedMedia Media) Answer(SessionDescription offer, LocalMedia? local = null, SessionDescription? previous = null) =>
        OfferAnswer.TryAnswer(offer, local ?? Local(), previous, out var answer, out var media)
            ? (answer, media)
            : throw new InvalidOperationException("488");

    public static bool IsRefused(SessionDescription offer) => !OfferAnswer.TryAnswer(offer, Local(), null, out _, out _);

    /// <summary>The m= and a= lines.</summary>
    public static string[] MediaLines(SessionDescription description) =>
        [.. SdpWriter.ToText(description).Split("\r\n").SkipWhile(line => !line.StartsWith('m')).Where(line => line.Length > 0)];
}
