using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;

namespace Telephony.Sip.Identity.Stir;

/// <summary>For which numbers a certificate may sign: its TNAuthList (RFC 8226 section 9).</summary>
internal static class TnAuthorization
{
    private const string Oid = "1.3.6.1.5.5.7.1.26";

    // TNEntry ::= CHOICE { spc [0] IA5String, range [1] SEQUENCE { start, count }, one [2] IA5String }, explicit tags.
    private static readonly Asn1Tag ProviderCode = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Range = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag One = new(TagClass.ContextSpecific, 2, isConstructed: true);

    /// <summary>Whether the certificate may sign for a number; never throws. A provider's code stands for all of its numbers, which nobody else can tell.</summary>
    /// <param name="certificate">The signing certificate.</param>
    /// <param name="digits">The caller's global number; null when the caller has none.</param>
    public static bool Covers(X509Certificate2 certificate, string? digits)
    {
        if (certificate.Extensions[Oid] is not { } extension)
            return false;
        try
        {
            var entries = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (entries.HasData)
            {
                if (Covers(entries, digits))
                    return true;
            }
            return false;
        }
        catch (AsnContentException)
        {
            return false;   // the reader's only way to say so
        }
    }

    private static bool Covers(AsnReader entries, string? digits)
    {
        var tag = entries.PeekTag();
        if (tag == ProviderCode)
        {
            entries.ReadSequence(ProviderCode).ReadCharacterString(UniversalTagNumber.IA5String);
            return true;
        }
        if (tag == One)
            return entries.ReadSequence(One).ReadCharacterString(UniversalTagNumber.IA5String) == digits;
        var range = entries.ReadSequence(Range).ReadSequence();
        var start = range.ReadCharacterString(UniversalTagNumber.IA5String);
        var count = range.ReadInteger();
        return digits is not null && digits.Length == start.Length && TryNumber(digits, out var number) && TryNumber(start, out var first)
            && number >= first && number < first + count;
    }

    private static bool TryNumber(string digits, out BigInteger number) => BigInteger.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
