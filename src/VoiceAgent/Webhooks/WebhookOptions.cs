using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace VoiceAgent.Webhooks;

/// <summary>Which other systems are told of calls.</summary>
public sealed class WebhookOptions : IValidatableObject
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Webhooks";

    private const int MaxTargets = 20;

    /// <summary>The systems, each by a name of the operator's choice.</summary>
    public Dictionary<string, WebhookTarget> Targets { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long an event is tried again that its system does not take.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan KeepTrying { get; init; } = TimeSpan.FromHours(6);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Targets.Count > MaxTargets)
            yield return new($"{Section}:Targets has {Targets.Count} entries; use {MaxTargets} at most.");
        foreach (var (name, target) in Targets)
        {
            foreach (var fault in target.Faults())
                yield return new($"{Section}:Targets:{name}:{fault}");
        }
    }
}

/// <summary>One system that is told of calls.</summary>
public sealed class WebhookTarget
{
    private const int MinSecretCharacters = 16;

    /// <summary>Where events are posted: an <c>http:</c> or <c>https:</c> URL without a login.</summary>
    public string Url { get; init; } = "";

    /// <summary>What events are signed with; the system knows it too. At least 16 characters, or <c>whsec_</c> and base64.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Events that it is told, of <see cref="WebhookEvents.All"/>; empty means all.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    internal bool Wants(string type) => Events.Count == 0 || Events.Contains(type, StringComparer.Ordinal);

    /// <summary>What is wrong, beginning with the key; never shows the secret.</summary>
    internal IEnumerable<string> Faults()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
            yield return $"Url = '{(Url.Contains('@', StringComparison.Ordinal) ? "..." : Url)}' must be an http: or https: URL without a login.";
        if (Secret.Length < MinSecretCharacters || !WebhookSignature.IsUsable(Secret))
            yield return $"Secret must have at least {MinSecretCharacters} characters, or be whsec_ and base64 of as many bytes.";
        foreach (var unknown in Events.Where(type => !WebhookEvents.All.Contains(type, StringComparer.Ordinal)))
            yield return $"Events has '{unknown}', which is no event; there are {string.Join(", ", WebhookEvents.All)}.";
    }
}

[OptionsValidator]
internal sealed partial class WebhookOptionsValidator : IValidateOptions<WebhookOptions>;
