using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace VoiceAgent.Hosting;

/// <summary>Where the service answers HTTP.</summary>
public sealed class HttpOptions : IValidatableObject
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Http";

    /// <summary>Where HTTP is answered when nothing is configured: this machine only.</summary>
    public const string DefaultListen = "http://127.0.0.1:8080";

    /// <summary>Address of the health checks, <c>http://ADDRESS:PORT</c>; port 0 takes a free one.</summary>
    public string Listen { get; init; } = DefaultListen;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Uri.TryCreate(Listen, UriKind.Absolute, out var uri) && uri.Scheme == "http" && uri.PathAndQuery == "/"
            ? []
            : [new("use http://ADDRESS:PORT.", [nameof(Listen)])];
}

[OptionsValidator]
internal sealed partial class HttpOptionsValidator : IValidateOptions<HttpOptions>;
