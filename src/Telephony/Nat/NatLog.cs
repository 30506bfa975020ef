using Microsoft.Extensions.Logging;

namespace Telephony.Nat;

/// <summary>Log messages 1500-1509: our address behind NAT.</summary>
internal static partial class NatLog
{
    [LoggerMessage(1500, LogLevel.Information, "Peers are told that we are at {Addresses}, by {Host}")]
    public static partial void PublicAddressFound(this ILogger logger, string addresses, string host);

    [LoggerMessage(1501, LogLevel.Warning, "{Host} does not tell our public address (Telephony:PublicAddress); peers are told {Addresses}, and it is asked again every minute")]
    public static partial void PublicAddressUnknown(this ILogger logger, string host, string addresses);
}
