using System.Net;
using Microsoft.Extensions.Logging;

namespace Telephony.Sip.Admission;

/// <summary>Log messages 1200-1299: who may send us requests.</summary>
internal static partial class AdmissionLog
{
    [LoggerMessage(1200, LogLevel.Information, "{Source} sends too much and is not listened to for {BanTime}; {Withheld} such lines were withheld")]
    public static partial void SourceBanned(this ILogger logger, SourceId source, TimeSpan banTime, long withheld);

    [LoggerMessage(1201, LogLevel.Information,
        "{Method} of a stranger at {Remote}, User-Agent {UserAgent}: {Policy}. If it is a provider of yours, add its address to Telephony:Trunks. {Withheld} such lines were withheld")]
    public static partial void Stranger(this ILogger logger, string method, IPEndPoint remote, string userAgent, StrangerPolicy policy, long withheld);

    [LoggerMessage(1202, LogLevel.Warning, "Whoever reaches {EndPoints} can call the agents: no trunk is configured. Telephony:Trunks names who may, or Telephony:Access:Strangers says that all may")]
    public static partial void OpenToAll(this ILogger logger, string endPoints);
}
