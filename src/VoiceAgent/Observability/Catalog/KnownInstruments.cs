using System.Diagnostics.Metrics;
using Telephony;
using VoiceAgent.Hosting;

namespace VoiceAgent.Observability.Catalog;

/// <summary>All instruments of the service, taken from a service that is built for that and never started.</summary>
internal static class KnownInstruments
{
    /// <summary>Every instrument, by the name of its meter and its own.</summary>
    public static IReadOnlyList<Instrument> All()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Agents:Profiles:reception:Language"] = "en", ["Calls:Filler"] = "" };
        var services = new ServiceCollection();
        services.AddLogging().AddVoiceAgent(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), AppContext.BaseDirectory);
        var provider = services.BuildServiceProvider();
        try
        {
            return InstrumentsOf(provider);
        }
        finally
        {
            // What it holds can be disposed of asynchronously only, and nothing of it was started.
            provider.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static List<Instrument> InstrumentsOf(IServiceProvider provider)
    {
        var meters = provider.GetRequiredService<IMeterFactory>();
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                    found.Add(instrument);
            },
        };
        listener.Start();
        provider.GetRequiredService<TelephonyService>();
        provider.GetRequiredService<ToolCatalogMetrics>().Start();
        provider.GetRequiredService<CapacityMetrics>().Start();
        provider.GetRequiredService<RecordMetrics>().Start();
        provider.GetRequiredService<RecordingMetrics>().Start();
        provider.GetRequiredService<ClusterMetrics>().Start();
        return [.. found.OrderBy(instrument => instrument.Meter.Name, StringComparer.Ordinal).ThenBy(instrument => instrument.Name, StringComparer.Ordinal)];
    }
}
