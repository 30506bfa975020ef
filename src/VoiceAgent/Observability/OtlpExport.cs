using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Telephony;
using Tools.Invocation;
using VoiceAgent.Observability.Exposition;
using VoiceAgent.Observability.Tracing;

namespace VoiceAgent.Observability;

/// <summary>Sends metrics and traces by OTLP while the service runs, if <c>Telemetry:Otlp</c> says where to; what is left goes out at its end.</summary>
/// <param name="options">Where to, and what.</param>
/// <param name="logs">Sends the log; null where it is not sent.</param>
internal sealed class OtlpExport(IOptions<TelemetryOptions> options, LoggerProvider? logs = null) : IHostedService, IDisposable
{
    // A collector that does not answer must not hold up the end of the service.
    private const int LastWordsMs = 2_000;

    private static readonly string Instance = Guid.NewGuid().ToString("N");

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    /// <summary>Has log lines sent too, if section <c>Telemetry:Otlp</c> wants that.</summary>
    public static void AddLogs(ILoggingBuilder logging, IConfiguration configuration)
    {
        var otlp = configuration.GetSection($"{TelemetryOptions.Section}:{nameof(TelemetryOptions.Otlp)}").Get<OtlpOptions>() ?? new OtlpOptions();
        if (!otlp.IsOn || !otlp.Logs || otlp.Faults().Any())
            return;   // faults are told with all others of the configuration
        logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.SetResourceBuilder(Service()).AddOtlpExporter(exporter => Configure(exporter, otlp, "logs"));
        });
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var otlp = options.Value.Otlp;
        if (otlp is { IsOn: true, Traces: true })
        {
            _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Service()).AddSource(CallTracing.SourceName, ToolTracing.SourceName)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(otlp.TracedCalls)))
                .AddOtlpExporter(exporter => Configure(exporter, otlp, "traces")).Build();
        }
        if (otlp is { IsOn: true, Metrics: true })
        {
            _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Service()).AddMeter(VoiceAgentMetrics.MeterName, TelephonyMetrics.MeterName, MetricsText.RuntimeMeter)
                .AddOtlpExporter((exporter, reader) =>
                {
                    Configure(exporter, otlp, "metrics");
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)otlp.MetricsInterval.TotalMilliseconds;
                }).Build();
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            _traces?.Shutdown(LastWordsMs);
            _metrics?.Shutdown(LastWordsMs);
            logs?.ForceFlush(LastWordsMs);   // what is logged after this goes out when the log is closed
        },
        CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static ResourceBuilder Service() => ResourceBuilder.CreateDefault().AddService(
        "voiceagent", serviceVersion: typeof(OtlpExport).Assembly.GetName().Version?.ToString(), serviceInstanceId: Instance);

    // Over HTTP each signal has a path of its own, unless the address names one.
    private static void Configure(OtlpExporterOptions exporter, OtlpOptions otlp, string signal)
    {
        var address = new Uri(otlp.Endpoint);
        exporter.Protocol = otlp.Protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = otlp.Protocol == OtlpProtocol.Grpc ? address : new Uri($"{otlp.Endpoint.TrimEnd('/')}/v1/{signal}");
        if (otlp.Headers.Length > 0)
            exporter.Headers = otlp.Headers;
    }
}
