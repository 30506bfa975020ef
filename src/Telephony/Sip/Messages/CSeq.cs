namespace Telephony.Sip.Messages;

/// <summary>Sequence number and method of a request, echoed in its responses (RFC 3261 section 20.16).</summary>
/// <param name="Number">Below 2^31 (RFC 3261 section 8.1.1.5).</param>
/// <param name="Method">The request's method.</param>
public readonly record struct CSeq(uint Number, string Method)
{
    /// <summary>The largest number the RFC allows.</summary>
    public const uint MaxNumber = int.MaxValue;

    /// <summary>Reads a header value such as <c>4711 INVITE</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out CSeq cseq)
    {
        cseq = default;
        value = SipText.Trim(value);
        var gap = value.IndexOfAny(' ', '\t');
        if (gap < 0 || !SipText.TryParseNumber(value[..gap], MaxNumber, out var number))
            return false;
        var method = SipText.Trim(value[gap..]);
        if (!SipText.IsToken(method))
            return false;
        cseq = new CSeq(number, SipMethods.Intern(method));
        return true;
    }

    /// <summary>The header value.</summary>
    public override string ToString() => $"{Number} {Method}";
}
