namespace Telephony.Sip.Messages;

/// <summary>What must hold between the headers of a message before anybody may rely on them (RFC 3261 section 8.1.1), for <see cref="SipParser"/>.</summary>
internal static class MessageRules
{
    private static readonly string[] SingleHeaders =
        [HeaderNames.From, HeaderNames.To, HeaderNames.CallId, HeaderNames.CSeq, HeaderNames.MaxForwards, HeaderNames.ContentType];

    /// <summary>Checks a complete message.</summary>
    /// <returns>The first fault, or null.</returns>
    public static SipFault? Check(SipMessage message)
    {
        if (message.FindTopVia() is null)
            return SipFault.Via;
        if (HasRepeatedHeader(message.Headers))
            return SipFault.Repeated;
        if (message.CallId.Length == 0)
            return SipFault.CallId;
        if (message.FindFrom() is null)
            return SipFault.From;
        if (message.FindTo() is null)
            return SipFault.To;
        if (message.FindCSeq() is not { } cseq)
            return SipFault.CSeq;
        if (!AreContactsReadable(message))
            return SipFault.Contact;
        return message is SipRequest request ? CheckRequest(request, cseq) : null;
    }

    /// <summary>The request behind a fault when it can be answered at all, its Via cut down to what can be read; else null.</summary>
    public static SipRequest? Answerable(SipMessage? message)
    {
        if (message is not SipRequest request || request.Method == SipMethods.Ack)
            return null;   // an ACK is never answered, a response neither
        if (request.FindTopVia() is not null)
            return request;
        ReadOnlySpan<char> line = request.Headers.GetFirst(HeaderNames.Via);
        var end = line.IndexOfAny(';', ',');
        if (end < 0 || !Via.TryParse(line[..end], out var via))
            return null;
        request.Headers.SetFirst(HeaderNames.Via, via.ToString());
        return request;
    }

    private static SipFault? CheckRequest(SipRequest request, CSeq cseq)
    {
        if (cseq.Method != request.Method)
            return SipFault.CSeqMethod;
        return request.Headers.Contains(HeaderNames.MaxForwards) && request.MaxForwards is null ? SipFault.MaxForwards : null;
    }

    private static bool HasRepeatedHeader(SipHeaders headers)
    {
        Span<bool> seen = stackalloc bool[SingleHeaders.Length];
        for (var i = 0; i < headers.Count; i++)
        {
            var single = Array.IndexOf(SingleHeaders, headers[i].Name);
            if (single < 0)
                continue;
            if (seen[single])
                return true;
            seen[single] = true;
        }
        return false;
    }

    private static bool AreContactsReadable(SipMessage message)
    {
        var isFirst = true;
        for (var i = 0; i < message.Headers.Count; i++)
        {
            if (message.Headers[i].Name != HeaderNames.Contact)
                continue;
            ReadOnlySpan<char> rest = message.Headers[i].Value;
            while (!rest.IsEmpty)
            {
                var value = SipText.NextListElement(ref rest);
                // The first is read through the view, which keeps it for the dialog.
                var isReadable = isFirst ? message.Contact is not null : NameAddress.TryParse(value, out _);
                if (!isReadable && value is not "*")
                    return false;
                isFirst = false;
            }
        }
        return true;
    }
}
