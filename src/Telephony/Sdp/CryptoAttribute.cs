using System.Globalization;
using Telephony.Rtp.Srtp;

namespace Telephony.Sdp;

/// <summary>One <c>a=crypto</c> line: a suite and the key of the side that wrote it (RFC 4568 section 9.1).</summary>
/// <param name="Tag">Number by which an answer says which line of the offer it takes.</param>
/// <param name="Key">Suite and key.</param>
internal readonly record struct CryptoAttribute(int Tag, SrtpMasterKey Key)
{
    public const string Name = "crypto";

    // Nine digits at most.
    private const int MaxTag = 999_999_999;

    // An offer lists each suite once; there are not many more than a dozen.
    private const int MaxLines = 32;

    /// <summary>The lines that can be used, in order: suites that we speak, with one key and nothing that changes the protection.</summary>
    public static List<CryptoAttribute> Read(MediaDescription media)
    {
        var lines = new List<CryptoAttribute>();
        foreach (var attribute in media.Attributes.Where(attribute => attribute.Is(Name)).Take(MaxLines))
        {
            if (TryParse(attribute.Value, out var line))
                lines.Add(line);
        }
        return lines;
    }

    /// <summary>Reads the value of a line; false for one that must not be used. Never throws.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out CryptoAttribute line)
    {
        // 1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20 WSH=128
        line = default;
        if (!int.TryParse(NextWord(ref value), NumberStyles.None, CultureInfo.InvariantCulture, out var tag) || tag is < 0 or > MaxTag
            || !SrtpSuite.TryGet(NextWord(ref value), out var suite)
            || !TryReadKey(suite, NextWord(ref value), out var key))
            return false;
        while (NextWord(ref value) is { IsEmpty: false } parameter)
        {
            if (!IsHarmless(parameter))
                return false;
        }
        line = new(tag, key!);
        return true;
    }

    /// <summary>The line as it goes into SDP, key included: a secret.</summary>
    public SdpAttribute ToAttribute() => new(Name, $"{Tag} {Key.Suite.Name} inline:{Key.ToBase64()}");

    // inline:KEY|LIFETIME. A master key identifier (|1:4) would stand in every packet, and several keys (;) need one: both are refused, as trunks do.
    private static bool TryReadKey(SrtpSuite suite, ReadOnlySpan<char> parameters, out SrtpMasterKey? key)
    {
        key = null;
        const string Inline = "inline:";
        if (!parameters.StartsWith(Inline, StringComparison.OrdinalIgnoreCase))
            return false;
        var text = parameters[Inline.Length..];
        var bar = text.IndexOf('|');
        if (bar >= 0 && !IsLifetime(text[(bar + 1)..]))
            return false;
        return SrtpMasterKey.TryParse(suite, bar < 0 ? text : text[..bar], out key);
    }

    // For how many packets the key is good. Its writer has to change it in time, so that the number needs no looking after.
    private static bool IsLifetime(ReadOnlySpan<char> text)
    {
        const string PowerOfTwo = "2^";
        return text.StartsWith(PowerOfTwo, StringComparison.Ordinal)
            ? byte.TryParse(text[PowerOfTwo.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var power) && power <= 48
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var packets) && packets is > 0 and <= 1UL << 48;
    }

    // The size of the peer's replay window is the peer's affair; what begins with a minus may be ignored (RFC 4568 sections 6.3.6 and 6.3.7).
    private static bool IsHarmless(ReadOnlySpan<char> parameter) =>
        parameter[0] == '-' || parameter.StartsWith("WSH=", StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> NextWord(ref ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        var end = text.IndexOfAny(' ', '\t');
        var word = end < 0 ? text : text[..end];
        text = text[word.Length..];
        return word;
    }
}
