using Microsoft.Extensions.Logging;
using Telephony.Sip.Admission;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.UserAgents;

/// <summary>Counts wrong passwords of each source, and has a source banned that tries too many.</summary>
/// <remarks>Owned by the signalling loop; bounded as <see cref="SourceRates"/> is.</remarks>
internal sealed class FailedLogins(SourceGate? gate, TimeProvider timeProvider, ILogger logger)
{
    // A phone with an old password tries every minute or so, and several may sit behind one address; a guesser needs thousands.
    private const int MaxFailures = 20;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly SourceRates _rates = new(new TokenRate(MaxFailures, Window, timeProvider), Window, timeProvider);
    private readonly LogAllowance _allowance = new(timeProvider);

    /// <summary>A request with a wrong user name or password came.</summary>
    public void Add(SipRequest request, SipFlow flow)
    {
        if (_allowance.TryTake(out var withheld))
            logger.LoginFailed(request.Method, flow.Remote, withheld);
        if (!_rates.TryTake(SourceId.Of(flow.Remote.Address, flow.IsReliable), timeProvider.GetTimestamp()))
            gate?.Ban(flow.Remote.Address, flow.IsReliable);
    }
}
