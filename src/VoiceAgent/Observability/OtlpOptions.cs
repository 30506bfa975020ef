using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace VoiceAgent.Observability;

/// <summary>Where metrics, traces and logs are sent by OTLP, and how.</summary>
public sealed class OtlpOptions
{
    /// <summary>Address of the collector, <c>http://HOST:4318</c> or for gRPC <c>http://HOST:4317</c>; empty sends nothing.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>How it is spoken to.</summary>
    public OtlpProtocol Protocol { get; init; } = OtlpProtocol.HttpProtobuf;

    /// <summary>Headers of each request, such as <c>api-key=...</c>, several divided by commas; often a secret.</summary>
    public string Headers { get; init; } = "";

    /// <summary>Whether metrics are sent.</summary>
    public bool Metrics { get; init; } = true;

    /// <summary>Whether the spans of calls are sent.</summary>
    public bool Traces { get; init; } = true;

    /// <summary>Whether log lines are sent.</summary>
    public bool Logs { get; init; } = true;

    /// <summary>Time between two sendings of metrics. 1 s to 1 h.</summary>
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Share of calls that are traced. 0 to 1.</summary>
    public double TracedCalls { get; init; } = 1;

    /// <summary>Whether anything is sent.</summary>
    internal bool IsOn => Endpoint.Length > 0;

    /// <summary>What is wrong, with key, value (but for the headers, which may be a secret) and remedy.</summary>
    internal IEnumerable<ValidationResult> Faults()
    {
        if (Endpoint.Length > 0 && (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0))
            yield return Fault($"{nameof(Endpoint)} = '{Endpoint}'", "use http://HOST:PORT or https://HOST:PORT, or nothing to send nothing");
        if (MetricsInterval < TimeSpan.FromSeconds(1) || MetricsInterval > TimeSpan.FromHours(1))
            yield return Fault($"{nameof(MetricsInterval)} = '{MetricsInterval}'", "use 00:00:01 to 01:00:00");
        if (TracedCalls is not (>= 0 and <= 1))
            yield return Fault(string.Create(CultureInfo.InvariantCulture, $"{nameof(TracedCalls)} = '{TracedCalls}'"), "use 0 to 1, such as 0.1 for every tenth call");
        if (Headers.Length > 0 && Headers.Split(',').Any(header => header.IndexOf('=', StringComparison.Ordinal) <= 0))
            yield return Fault(nameof(Headers), "use NAME=VALUE, several divided by commas");
    }

    private static ValidationResult Fault(string what, string remedy) => new($"{TelemetryOptions.Section}:{nameof(TelemetryOptions.Otlp)}:{what}: {remedy}.");
}

/// <summary>How a collector is spoken to.</summary>
public enum OtlpProtocol
{
    /// <summary>Protobuf over HTTP, usually port 4318.</summary>
    HttpProtobuf,

    /// <summary>gRPC, usually port 4317.</summary>
    Grpc,
}
