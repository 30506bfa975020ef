using System.Net;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Registration;

/// <summary>How a REGISTER ended.</summary>
internal enum RegisterOutcome
{
    /// <summary>We are registered.</summary>
    Accepted,

    /// <summary>The server does not want us, and would not a second later.</summary>
    Refused,

    /// <summary>No answer, or one that says that another server or a later time may do.</summary>
    Failed,
}

/// <summary>What became of a REGISTER at one server.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Flow">The way to that server, with the connection where it is a stream.</param>
/// <param name="Answer">What it said, for people: <c>403 Forbidden</c>, or why there was no answer.</param>
internal sealed record RegisterResult(RegisterOutcome Outcome, SipFlow Flow, string Answer)
{
    /// <summary>Status of the answer; 0 without one.</summary>
    public int StatusCode { get; init; }

    /// <summary>The Contact that was sent; null where none was.</summary>
    public SipUri? Contact { get; init; }

    /// <summary>How long it holds, when accepted.</summary>
    public TimeSpan Expiry { get; init; }

    /// <summary>When the server wants to be asked again; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The address that our request came from, as the server saw it (RFC 3581); null when it does not say.</summary>
    public IPEndPoint? SeenAs { get; init; }
}
