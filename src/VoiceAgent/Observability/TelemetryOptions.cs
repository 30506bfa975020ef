using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace VoiceAgent.Observability;

/// <summary>What the service tells of itself to Prometheus and OpenTelemetry.</summary>
public sealed class TelemetryOptions : IValidatableObject
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Telemetry";

    /// <summary>Who may read <c>/metrics</c>.</summary>
    public MetricsAccess Metrics { get; init; } = MetricsAccess.Local;

    /// <summary>Whether spans of calls name the numbers of caller and callee.</summary>
    public bool NumbersInTraces { get; init; }

    /// <summary>Where metrics, traces and logs are sent by OTLP.</summary>
    public OtlpOptions Otlp { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Otlp.Faults();
}

/// <summary>Who may read <c>/metrics</c>.</summary>
public enum MetricsAccess
{
    /// <summary>Nobody; nothing is counted for it.</summary>
    Off,

    /// <summary>Those who ask from this machine, and those who have the key of <c>Http:ApiKey</c>.</summary>
    Local,

    /// <summary>Everybody who reaches the HTTP address.</summary>
    Open,
}

[OptionsValidator]
internal sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;
