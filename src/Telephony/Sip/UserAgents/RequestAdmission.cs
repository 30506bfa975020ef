using Microsoft.Extensions.Logging;
using Telephony.Sip.Admission;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.UserAgents;

/// <summary>Request outside calls -> whether whoever sent it is served: a trunk is, a stranger as the settings say.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class RequestAdmission(TrunkDirectory trunks, StrangerPolicy strangers, TimeProvider timeProvider, ILogger logger)
{
    private const int MaxLoggedName = 60;

    // Names of programs that only look for what they can break into. A first filter; real attackers call themselves otherwise. sipsak is often counted among
    // them, but administrators test with it.
    private static readonly string[] Scanners =
    [
        "friendly-scanner", "sipvicious", "sipcli", "sundayddr", "VaxSIPUserAgent", "sip-scan", "smap", "iWar", "pplsip",
    ];

    private readonly LogAllowance _allowance = new(timeProvider);

    /// <summary>What becomes of strangers' requests.</summary>
    public StrangerPolicy Strangers { get; set; } = strangers;

    /// <summary>Whether a request is served; neither ACK nor one that belongs to a call.</summary>
    public Admittance Of(SipRequest request, SipFlow flow)
    {
        if (Strangers == StrangerPolicy.Answer || trunks.Of(request, flow) is not null)
            return Admittance.Welcome;
        Tell(request, flow);
        return Strangers == StrangerPolicy.Refuse ? Admittance.Refused : Admittance.Ignored;
    }

    /// <summary>Whether a stranger's program says that it only looks for victims: it gets no answer at all, not even the question for a login.</summary>
    public bool IsScan(SipRequest request, SipFlow flow)
    {
        if (Strangers == StrangerPolicy.Answer || !IsScanner(NameOf(request)) || trunks.Of(request, flow) is not null)
            return false;
        Tell(request, flow);
        return true;
    }

    /// <summary>Whether what cannot be read is answered where it came from.</summary>
    public bool MayAnswer(SipFlow flow) => Strangers != StrangerPolicy.Silence || trunks.Of(flow.Remote.Address) is not null;

    private static bool IsScanner(string name) => Array.Exists(Scanners, scanner => name.Contains(scanner, StringComparison.OrdinalIgnoreCase));

    private static string NameOf(SipRequest request) => request.Headers.GetFirst(HeaderNames.UserAgent) ?? "";

    private void Tell(SipRequest request, SipFlow flow)
    {
        if (!_allowance.TryTake(out var withheld))
            return;
        var name = NameOf(request);
        logger.Stranger(request.Method, flow.Remote, name[..Math.Min(name.Length, MaxLoggedName)], Strangers, withheld);
    }
}
