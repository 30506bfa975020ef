using System.Net;
using Microsoft.Extensions.Logging;

namespace Telephony.Sip.Transactions;

/// <summary>Log messages 1100-1199: messages and transactions.</summary>
internal static partial class TransactionsLog
{
    [LoggerMessage(1100, LogLevel.Debug, "Call {SipCallId}: malformed message from {Remote}: {Reason}")]
    public static partial void Malformed(this ILogger logger, string sipCallId, IPEndPoint remote, string reason);
}
