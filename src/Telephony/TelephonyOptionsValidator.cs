using Microsoft.Extensions.Options;
using Telephony.Calls;
using Telephony.Codecs.Opus;
using Telephony.Nat;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony;

/// <summary>Refuses telephony settings that could not work, at start: each message has the key, the value and what is allowed.</summary>
internal sealed class TelephonyOptionsValidator : IValidateOptions<TelephonyOptions>
{
    public ValidateOptionsResult Validate(string? name, TelephonyOptions options)
    {
        List<string> errors = [.. ListenErrors(options), .. LocalNetworkErrors(options), .. CodecErrors(options), .. OpusErrors(options.Opus), .. TransportOptionsRules.Errors(options),
            .. OutboundOptionsRules.Errors(options.Outbound), .. SrtpOptionsRules.Errors(options), .. TrunkOptionsRules.Errors(options), .. AccessOptionsRules.Errors(options.Access), .. StirOptionsRules.Errors(options.Stir), .. LoginOptionsRules.Errors(options)];
        if (options.PublicAddress is { Length: > 0 } address && !PublicAddressSetting.TryParse(address, out _))
            errors.Add(Message("PublicAddress", address, "an address", "use the address that callers reach, a host name of it, stun:HOST or stun:HOST:PORT, or leave it out"));
        if (options.PtimeMs is < 10 or > 60 || options.PtimeMs % 10 != 0)
            errors.Add(Message("PtimeMs", $"{options.PtimeMs}", "a packet time", "use 10, 20, 30, 40, 50 or 60"));
        if (string.IsNullOrWhiteSpace(options.UserAgentName) || options.UserAgentName.Any(char.IsControl))
            errors.Add(Message("UserAgentName", options.UserAgentName, "a product name", "use one line of text"));
        if (options.TransferTimeout < TimeSpan.FromSeconds(1) || options.TransferTimeout > TimeSpan.FromMinutes(5))
            errors.Add(Message("TransferTimeout", $"{options.TransferTimeout}", "a time to ring", "use 00:00:01 to 00:05:00"));
        if (options.MaxCallsPerSecond is < 0 or > TrunkOptionsRules.MostCalls)
            errors.Add(Message("MaxCallsPerSecond", $"{options.MaxCallsPerSecond}", "a bound", $"use 1 to {TrunkOptionsRules.MostCalls}, or 0 for none"));
        if (options.RegistrationSpread < TimeSpan.Zero || options.RegistrationSpread > TimeSpan.FromMinutes(10))
            errors.Add(Message("RegistrationSpread", $"{options.RegistrationSpread:c}", "a time to spread over", "use 00:00:00 to 00:10:00"));
        if (options.SessionTimer.MinSe < TimeSpan.FromSeconds(2) || options.SessionTimer.MinSe > TimeSpan.FromHours(1))
            errors.Add(Message("SessionTimer:MinSe", $"{options.SessionTimer.MinSe}", "a shortest interval", "use 00:00:02 to 01:00:00"));
        if (options.SessionTimer.Expires != TimeSpan.Zero && (options.SessionTimer.Expires < options.SessionTimer.MinSe || options.SessionTimer.Expires > TimeSpan.FromDays(1)))
            errors.Add(Message("SessionTimer:Expires", $"{options.SessionTimer.Expires}", "an interval", "use 00:00:00 for none, or from SessionTimer:MinSe to a day"));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> ListenErrors(TelephonyOptions options)
    {
        var seen = new HashSet<SipListenEndPoint>();
        for (var i = 0; i < options.Listen.Count; i++)
        {
            if (!SipListenEndPoint.TryParse(options.Listen[i], out var endPoint))
                yield return Message($"Listen:{i}", options.Listen[i], "a listen address", "use udp://ADDRESS:PORT, tcp://ADDRESS:PORT or tls://ADDRESS:PORT");
            else if (endPoint.EndPoint.Port != 0 && !seen.Add(endPoint))
                yield return Message($"Listen:{i}", options.Listen[i], "new", "list each address once");
        }
    }

    private static IEnumerable<string> LocalNetworkErrors(TelephonyOptions options)
    {
        for (var i = 0; i < options.LocalNetworks.Count; i++)
        {
            var text = options.LocalNetworks[i];
            if (!AddressRange.TryParse(text, out _) && (text != "none" || options.LocalNetworks.Count > 1))
                yield return Message($"LocalNetworks:{i}", text, "a network", "use 192.168.0.0/16 or fd00::/8, or none by itself");
        }
    }

    private static IEnumerable<string> CodecErrors(TelephonyOptions options)
    {
        var known = TelephonyOptions.SpeechCodecs.Select(codec => codec.Name).Distinct().ToList();
        for (var i = 0; i < options.Codecs?.Count; i++)
        {
            if (!known.Contains(options.Codecs[i], StringComparer.OrdinalIgnoreCase))
                yield return Message($"Codecs:{i}", options.Codecs[i], "a codec", $"use {string.Join(" or ", known)}");
        }
        if (options.SelectCodecs().Count == 0 && options.WantsOpus)
            yield return Message("Codecs", string.Join(", ", options.Codecs!), "enough without libopus, which is not on this system", "install it or add another codec");
    }

    private static IEnumerable<string> OpusErrors(OpusOptions options)
    {
        if (options.Complexity is < 0 or > 10)
            yield return Message("Opus:Complexity", $"{options.Complexity}", "an effort", "use 0 to 10");
        if (options.Bitrate is < 6_000 or > 128_000)
            yield return Message("Opus:Bitrate", $"{options.Bitrate}", "a bitrate", "use 6000 to 128000");
        if (options.ExpectedLossPercent is < 1 or > 30)
            yield return Message("Opus:ExpectedLossPercent", $"{options.ExpectedLossPercent}", "a loss", "use 1 to 30");
    }

    internal static string Message(string key, string? value, string what, string allowed) =>
        $"{TelephonyOptions.Section}:{key} = '{value}' is not {what}; {allowed}";
}
