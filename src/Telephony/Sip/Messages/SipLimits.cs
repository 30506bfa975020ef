namespace Telephony.Sip.Messages;

/// <summary>How much a peer may send before <see cref="SipParser"/> and <see cref="SipStreamFramer"/> refuse it; every loop of both is bounded by these.</summary>
public static class SipLimits
{
    /// <summary>Start line, headers and body together, in bytes; more is answered 513, or 413 when it is the body (RFC 3261 sections 21.5.7 and 21.4.11).</summary>
    public const int MaxMessageBytes = 65_536;

    /// <summary>Header lines in a message, after unfolding.</summary>
    public const int MaxHeaders = 128;

    /// <summary>One header line with its name and its folds, or the start line, in bytes.</summary>
    public const int MaxHeaderBytes = 8_192;

    /// <summary>Parameters of one URI or header value, and headers inside one URI.</summary>
    public const int MaxParameters = 64;
}
