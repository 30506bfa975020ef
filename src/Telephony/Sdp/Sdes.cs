using System.Diagnostics.CodeAnalysis;
using Telephony.Rtp.Srtp;

namespace Telephony.Sdp;

/// <summary>Encryption in offer and answer (RFC 4568): which of the peer's keys is used, which of ours answers it, and what may go unencrypted.</summary>
internal static class Sdes
{
    /// <summary>Whether a line's protocol is RTP in any form that we speak, with or without keys.</summary>
    public static bool IsRtp(string protocol) => IsPlain(protocol) || IsSecured(protocol);

    /// <summary>Finds the keys that one of the peer's lines leads to.</summary>
    /// <param name="line">A line whose protocol is RTP.</param>
    /// <param name="terms">What we demand.</param>
    /// <param name="theirs">The peer's crypto line; null when media goes unencrypted.</param>
    /// <returns>False when the line must not be used.</returns>
    public static bool TryAgree(MediaDescription line, SrtpTerms terms, out CryptoAttribute? theirs)
    {
        theirs = terms.IsPossible ? Strongest(CryptoAttribute.Read(line), terms.Suites) : null;
        // Keys beside RTP/AVP are an offer to encrypt if we like (best effort), which many phones make.
        return theirs is not null || (!terms.IsRequired && !IsSecured(line.Protocol));
    }

    /// <summary>Our key beside a key of the peer: the one in use while the peer keeps its own, else a fresh one, which whoever had the old one does not know.</summary>
    public static SrtpKeys Answer(CryptoAttribute theirs, SrtpTerms terms) =>
        terms.Current is { } current && current.Receive.Equals(theirs.Key) ? current : new(SrtpMasterKey.Create(theirs.Key.Suite), theirs.Key);

    /// <summary>The crypto lines of our offer: all our suites, with the key in use for its suite and fresh ones for the others.</summary>
    public static IEnumerable<SdpAttribute> Offer(SrtpTerms terms) => terms.IsPossible
        ? terms.Suites.Select((suite, i) => new CryptoAttribute(i + 1, terms.Current?.Send.Suite == suite ? terms.Current.Send : SrtpMasterKey.Create(suite)).ToAttribute())
        : [];

    /// <summary>Protocol of our offer: the one that the call has been encrypted with, or the one that demands or leaves it open.</summary>
    public static string OfferProtocol(SrtpTerms terms, SessionDescription? previousLocal) =>
        !terms.IsRequired ? "RTP/AVP"
        : terms.Current is null ? "RTP/SAVP"
        : previousLocal?.Media.FirstOrDefault(line => line.Is("audio") && line.Port != 0)?.Protocol ?? "RTP/SAVP";

    /// <summary>The keys that the answer to an offer of ours leads to.</summary>
    /// <param name="offered">Our line.</param>
    /// <param name="theirs">The peer's crypto line.</param>
    /// <param name="keys">Our key of the line that the peer took, and the peer's.</param>
    /// <returns>False when the answer takes a line that we did not offer.</returns>
    public static bool TryAccept(MediaDescription offered, CryptoAttribute theirs, [NotNullWhen(true)] out SrtpKeys? keys)
    {
        keys = null;
        foreach (var ours in CryptoAttribute.Read(offered))
        {
            if (ours.Tag == theirs.Tag && ours.Key.Suite == theirs.Key.Suite)
                keys = new(ours.Key, theirs.Key);
        }
        return keys is not null;
    }

    private static CryptoAttribute? Strongest(List<CryptoAttribute> lines, IReadOnlyList<SrtpSuite> suites)
    {
        foreach (var suite in suites)
        {
            foreach (var line in lines)
            {
                if (line.Key.Suite == suite)
                    return line;
            }
        }
        return null;
    }

    // AVPF without any a=rtcp-fb is AVP with another name (RFC 4585 section 3.1).
    private static bool IsPlain(string protocol) => Is(protocol, "RTP/AVP") || Is(protocol, "RTP/AVPF");

    private static bool IsSecured(string protocol) => Is(protocol, "RTP/SAVP") || Is(protocol, "RTP/SAVPF");

    private static bool Is(string protocol, string name) => protocol.Equals(name, StringComparison.OrdinalIgnoreCase);
}
