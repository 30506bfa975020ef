using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Options;

namespace VoiceAgent.Hosting;

/// <summary>Where the service answers HTTP, and to whom.</summary>
public sealed class HttpOptions : IValidatableObject
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Http";

    private const int MinKeyCharacters = 16;

    /// <summary>Where HTTP is answered when nothing is configured: this machine only.</summary>
    public const string DefaultListen = "http://127.0.0.1:8080";

    /// <summary>Address of the health checks and of <c>/calls</c>, <c>http://ADDRESS:PORT</c>; port 0 takes a free one.</summary>
    public string Listen { get; init; } = DefaultListen;

    /// <summary>Key that has calls made by <c>POST /calls</c>, and shows other machines the phones in <c>/status</c>, as a bearer token; empty switches that off. At least 16 characters.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>Hosts that may be told of a call's progress (<c>callbackUrl</c>): names or addresses, without port.</summary>
    public IReadOnlyList<string> CallbackHosts { get; init; } = [];

    /// <summary>Reverse proxies, as addresses or CIDR networks, whose X-Forwarded-For and X-Forwarded-Proto are believed; each sign-in then counts for the browser that it comes from.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Whether a URL may be told of a call's progress.</summary>
    internal bool MayCallBack(string url, [NotNullWhen(true)] out Uri? uri) =>
        Uri.TryCreate(url, UriKind.Absolute, out uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
        && IsListed(uri.Host, uri.IdnHost);

    // A URL writes an IPv6 address in brackets, and names in their own letters or as punycode.
    private bool IsListed(string host, string idnHost) => CallbackHosts.Any(listed =>
        listed.Equals(host, StringComparison.OrdinalIgnoreCase) || listed.Equals(idnHost, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(listed, out var address) && IPAddress.TryParse(idnHost, out var asked) && address.Equals(asked)));

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Listen, UriKind.Absolute, out var uri) || uri.Scheme != "http" || uri.PathAndQuery != "/")
            yield return new("use http://ADDRESS:PORT.", [nameof(Listen)]);
        if (ApiKey.Length is > 0 and < MinKeyCharacters)
            yield return new($"use at least {MinKeyCharacters} characters, or none to switch POST /calls off.", [nameof(ApiKey)]);
        if (CallbackHosts.Any(host => Uri.CheckHostName(host) == UriHostNameType.Unknown))
            yield return new("use host names or addresses, without scheme and port.", [nameof(CallbackHosts)]);
        if (TrustedProxies.FirstOrDefault(proxy => !Hosting.TrustedProxies.TryParse(proxy, out _)) is { } wrong)
            yield return new($"'{wrong}' is neither an address nor a network such as 10.0.0.0/8.", [nameof(TrustedProxies)]);
    }
}

[OptionsValidator]
internal sealed partial class HttpOptionsValidator : IValidateOptions<HttpOptions>;
