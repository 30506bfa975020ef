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

    // Names of programs that only look for what they can break into. A first filter; real attackers call themselves otherwise.
    private static readonly string[] Scanners =
    [
        "friendly-scanner", "sipvicious", "sipcli", "sundayddr", "VaxSIPUserAgent", "sip-scan", "sipsak", "smap", "iWar", "pplsip",
    ];

    private readonly LogAllowance _allowance = new(timeProvider);

    /// <summary>Whether a request is served; neither ACK nor one that belongs to a call.</summary>
    public Admittance Of(SipRequest request, SipFlow flow)
    {
        if (strangers == StrangerPolicy.Answer || trunks.Of(request, flow) is not null)
            return Admittance.Welcome;
        var name = request.Headers.GetFirst(HeaderNames.UserAgent) ?? "";
        Tell(request, flow, name);
        return strangers == StrangerPolicy.Refuse && !IsScanner(name) ? Admittance.Refused : Admittance.Ignored;
    }

    /// <summary>Whether what cannot be read is answered where it came from.</summary>
    public bool MayAnswer(SipFlow flow) => strangers != StrangerPolicy.Silence || trunks.Of(flow.Remote.Address) is not null;

    private static bool IsScanner(string name) => Array.Exists(Scanners, scanner => name.Contains(scanner, StringComparison.OrdinalIgnoreCase));

    private void Tell(SipRequest request, SipFlow flow, string name)
    {
        if (_allowance.TryTake(out var withheld))
            logger.Stranger(request.Method, flow.Remote, name[..Math.Min(name.Length, MaxLoggedName)], strangers, withheld);
    }
}
