using System.Net;
using Microsoft.Extensions.Logging;

namespace Telephony.Sip.Registration;

/// <summary>Log messages 1600-1699: trunks and their servers.</summary>
internal static partial class RegistrationLog
{
    [LoggerMessage(1600, LogLevel.Information, "Trunk {Trunk} is registered at {Server} for {Seconds} s")]
    public static partial void Registered(this ILogger logger, string trunk, string server, double seconds);

    [LoggerMessage(1601, LogLevel.Error, "Trunk {Trunk} is not registered: {Server} answers {Answer}; {Advice} of Telephony:Trunks:{Trunk}. Next try in {Seconds} s")]
    public static partial void RegistrationRefused(this ILogger logger, string trunk, string server, string answer, string advice, int seconds);

    [LoggerMessage(1602, LogLevel.Warning, "Trunk {Trunk} is down: {Server}: {Why}")]
    public static partial void TrunkDown(this ILogger logger, string trunk, string server, string why);

    [LoggerMessage(1603, LogLevel.Information, "Trunk {Trunk} is up: {Server} answers {Answer}")]
    public static partial void TrunkUp(this ILogger logger, string trunk, string server, string answer);

    [LoggerMessage(1604, LogLevel.Information, "Trunk {Trunk} sees us as {Address}, which its calls shall come to")]
    public static partial void SeenAs(this ILogger logger, string trunk, IPEndPoint address);

    [LoggerMessage(1605, LogLevel.Information, "Trunk {Trunk} asks for the password of realm {Realm}, which is answered from now on, and no other; Telephony:Trunks:{Trunk}:Realms can say which")]
    public static partial void RealmLearned(this ILogger logger, string trunk, string realm);

    [LoggerMessage(1606, LogLevel.Warning, "Trunk {Trunk}: the password of realm {Realm} is asked for and not given; if that is the provider's, add it to Telephony:Trunks:{Trunk}:Realms")]
    public static partial void RealmStrange(this ILogger logger, string trunk, string realm);
}
