using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Support;
using VoiceAgent.Observability.Exposition;

namespace VoiceAgent.Tests.Observability;

/// <summary>What <c>/metrics</c> says, held against the format that Prometheus reads (text format 0.0.4).</summary>
public sealed partial class MetricsTextTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MetricsText _text;
    private readonly Meter _meter;

    public MetricsTextTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _text = new MetricsText(meters);
        _text.Start();
        _meter = meters.Create("Test");
    }

    public void Dispose()
    {
        _text.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Counter_has_its_unit_and_total_in_its_name_and_adds_up_by_tags()
    {
        var counter = _meter.CreateCounter<long>("shop.sold", "By", "What was sold.");
        counter.Add(2, new KeyValuePair<string, object?>("colour", "red"));
        counter.Add(3, new KeyValuePair<string, object?>("colour", "red"));
        counter.Add(1, new KeyValuePair<string, object?>("colour", "say \"blue\"\n"));
        Assert.Equal(
            """
            # HELP shop_sold_bytes_total What was sold.
            # TYPE shop_sold_bytes_total counter
            shop_sold_bytes_total{colour="red"} 5
            shop_sold_bytes_total{colour="say \"blue\"\n"} 1
            """, Family("shop_sold_bytes_total"));
    }

    [Fact]
    public void Histogram_counts_upwards_and_a_value_on_a_bound_is_below_it()
    {
        var histogram = _meter.CreateHistogram("shop.wait", "ms", "Wait.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2.5] });
        foreach (var value in (double[])[1, 2, 2.5, 3])
            histogram.Record(value);
        Assert.Equal(
            """
            # HELP shop_wait_milliseconds Wait.
            # TYPE shop_wait_milliseconds histogram
            shop_wait_milliseconds_bucket{le="1"} 1
            shop_wait_milliseconds_bucket{le="2.5"} 3
            shop_wait_milliseconds_bucket{le="+Inf"} 4
            shop_wait_milliseconds_sum 8.5
            shop_wait_milliseconds_count 4
            """, Family("shop_wait_milliseconds"));
    }

    [Fact]
    public void Observed_series_that_is_gone_is_not_shown_any_more()
    {
        List<Measurement<int>> seen = [new(1, new KeyValuePair<string, object?>("trunk", "a")), new(0, new KeyValuePair<string, object?>("trunk", "b"))];
        _meter.CreateObservableGauge("shop.up", () => seen, "{trunk}", "Up.");
        Assert.Contains("shop_up{trunk=\"a\"} 1\nshop_up{trunk=\"b\"} 0", Family("shop_up"), StringComparison.Ordinal);
        seen.RemoveAt(0);
        Assert.DoesNotContain("trunk=\"a\"", Family("shop_up"), StringComparison.Ordinal);
    }

    [Fact]
    public void Observed_counter_shows_the_sum_it_tells_and_an_up_and_down_one_what_is_left()
    {
        _meter.CreateObservableCounter("shop.made", () => 7L);
        var inside = _meter.CreateUpDownCounter<int>("shop.inside");
        inside.Add(3);
        inside.Add(-1);
        Family("shop_made_total");
        Assert.EndsWith("shop_made_total 7", Family("shop_made_total"), StringComparison.Ordinal);
        Assert.Contains("# TYPE shop_inside gauge\nshop_inside 2", Family("shop_inside"), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_made_up_from_outside_end_in_one_series()
    {
        var counter = _meter.CreateCounter<int>("shop.names");
        for (var i = 0; i < InstrumentSeries.MaxSeries + 50; i++)
            counter.Add(1, new KeyValuePair<string, object?>("name", i));
        var lines = Family("shop_names_total").Split('\n').Skip(2).ToList();
        Assert.Equal(InstrumentSeries.MaxSeries + 1, lines.Count);
        Assert.Contains("shop_names_total{otel_metric_overflow=\"true\"} 50", lines);
    }

    [Fact]
    public void Other_services_in_the_process_are_not_shown_but_the_runtime_is()
    {
        using var others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        others.GetRequiredService<IMeterFactory>().Create("Test").CreateCounter<int>("not.ours").Add(1);
        var text = _text.Write();
        Assert.DoesNotContain("not_ours", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE dotnet_gc_collections_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("\ndotnet_process_memory_working_set_bytes ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_line_is_of_the_format()
    {
        _meter.CreateHistogram<long>("1.odd name-µ", "ms").Record(5, new KeyValuePair<string, object?>("a.b", true));
        _meter.CreateObservableGauge("shop.odd", () => double.NaN);
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in _text.Write().TrimEnd('\n').Split('\n'))
        {
            Assert.Matches(Line(), line);
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                Assert.True(types.Add(line.Split(' ')[2]), $"two families of one name: {line}");
        }
        Assert.Contains("_1_odd_name_milliseconds", types);
    }

    [Fact]
    public void Measuring_allocates_nothing_once_its_tags_are_known()
    {
        var lateness = _meter.CreateHistogram<double>("shop.lateness", "ms");
        var dropped = _meter.CreateCounter<long>("shop.dropped");
        var tag = new KeyValuePair<string, object?>("reason", "full");
        Assert.Equal(0, Allocations.Of(() =>
        {
            lateness.Record(0.07);
            dropped.Add(1, tag);
        }));
    }

    [Fact]
    public void Measuring_takes_less_than_two_microseconds()
    {
        var lateness = _meter.CreateHistogram<double>("shop.lateness", "ms");
        var tag = new KeyValuePair<string, object?>("reason", "full");
        var dropped = _meter.CreateCounter<long>("shop.dropped");
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 20; round++)   // the best of many: the machine may be busy with something else
        {
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < 5_000; i++)
            {
                lateness.Record(0.07);
                dropped.Add(1, tag);
            }
            var took = Stopwatch.GetElapsedTime(began) / 10_000;
            best = took < best ? took : best;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{best.TotalNanoseconds:F0} ns a measurement");
        Assert.True(best < TimeSpan.FromMicroseconds(2), $"{best.TotalNanoseconds:F0} ns");
    }

    [Fact]
    public async Task No_measurement_is_lost_among_several_writers()
    {
        var counter = _meter.CreateCounter<long>("shop.many");
        var tag = new KeyValuePair<string, object?>("a", "b");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
                counter.Add(1, tag);
        })));
        Assert.EndsWith("shop_many_total{a=\"b\"} 80000", Family("shop_many_total"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("voiceagent.live.cost", "{USD}", "Counter", "voiceagent_live_cost_total")]
    [InlineData("voiceagent.dead_air", "s", "Histogram", "voiceagent_dead_air_seconds")]
    [InlineData("process.memory.bytes", "By", "Gauge", "process_memory_bytes")]
    [InlineData("share", "1", "Gauge", "share_ratio")]
    [InlineData("share", "1", "Counter", "share_total")]
    [InlineData("loss", "%", "Histogram", "loss_percent")]
    public void Names_are_those_of_a_collector(string name, string unit, string kind, string metric) =>
        Assert.Equal(metric, PrometheusNames.Metric(name, unit, Enum.Parse<MetricKind>(kind)));

    // HELP, TYPE, or a sample: name, labels, value.
    [GeneratedRegex("""^(# HELP [a-zA-Z_:][a-zA-Z0-9_:]* .*|# TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram)|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)+\})? (NaN|[+-]Inf|-?[0-9.]+(E[+-][0-9]+)?))$""", RegexOptions.None, 1_000)]
    private static partial Regex Line();

    private string Family(string metric) => string.Join('\n', _text.Write().Split('\n')
        .Where(line => line.StartsWith(metric, StringComparison.Ordinal) || line.StartsWith(string.Create(CultureInfo.InvariantCulture, $"# HELP {metric} "), StringComparison.Ordinal)
            || line.StartsWith($"# TYPE {metric} ", StringComparison.Ordinal)));
}
