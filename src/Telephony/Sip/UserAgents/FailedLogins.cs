using Microsoft.Extensions.Logging;
using Telephony.Sip.Admission;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.UserAgents;

/// <summary>Counts wrong passwords of each source, and blocks the logins of one that tries too many; unless it is a trunk's or a phone's, it is banned.</summary>
/// <remarks>Owned by the signalling loop; bounded as <see cref="SourceRates"/> and <see cref="BanTable"/> are.</remarks>
internal sealed class FailedLogins(SourceGate? gate, TimeSpan banTime, TimeProvider timeProvider, ILogger logger)
{
    // A phone with an old password tries every minute or so, and several may sit behind one address; a guesser needs thousands.
    private const int MaxFailures = 20;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly SourceRates _rates = new(new TokenRate(MaxFailures, Window, timeProvider), Window, timeProvider);
    private readonly BanTable _blocked = new(banTime, AccessOptions.MaxBans, timeProvider);
    private readonly LogAllowance _allowance = new(timeProvider);

    /// <summary>Whether there is anybody whose logins are not looked at.</summary>
    public bool HasBlocked => _blocked.Count(timeProvider.GetTimestamp()) > 0;

    /// <summary>Whether logins with nonces that were given to that source are not looked at.</summary>
    public bool IsBlocked(SourceId origin) => _blocked.IsBanned(origin, timeProvider.GetTimestamp());

    /// <summary>A request with a wrong user name or password came.</summary>
    /// <param name="request">It.</param>
    /// <param name="flow">The way it seems to have come.</param>
    /// <param name="origin">Whom its nonce was given to.</param>
    public void Add(SipRequest request, SipFlow flow, SourceId origin)
    {
        if (_allowance.TryTake(out var withheld))
            logger.LoginFailed(request.Method, flow.Remote, withheld);
        var now = timeProvider.GetTimestamp();
        if (_rates.TryTake(origin, now))
            return;
        if (_blocked.TryAdd(origin, now))
            logger.LoginsBlocked(origin, banTime);
        if (origin == SourceId.Of(flow.Remote.Address, flow.IsReliable))
            gate?.Ban(flow.Remote.Address, flow.IsReliable);
    }
}
