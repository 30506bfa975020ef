using Microsoft.Extensions.Logging;
using Telephony.Sip.Resolution;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Registration;

/// <summary>What the lines of all trunks work with.</summary>
internal sealed record TrunkStack
{
    /// <summary>Sends requests and gives timers.</summary>
    public required TransactionLayer Layer { get; init; }

    /// <summary>Owns everything here.</summary>
    public required ISignalingLoop Loop { get; init; }

    /// <summary>Finds servers.</summary>
    public required SipServerLocator Locator { get; init; }

    /// <summary>Our sockets.</summary>
    public required IReadOnlyList<ISipTransport> Transports { get; init; }

    /// <summary>Which of our addresses a server is told.</summary>
    public required OwnAddresses Own { get; init; }

    /// <summary>Value of User-Agent.</summary>
    public required string ProductName { get; init; }

    /// <summary>The time of day, for reports.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Spreads what would else happen at once.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Counts.</summary>
    public required SipMetrics Metrics { get; init; }

    /// <summary>Gets what an operator should know.</summary>
    public required ILogger Logger { get; init; }
}
