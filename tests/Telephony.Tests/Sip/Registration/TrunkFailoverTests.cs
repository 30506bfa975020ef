using System.Diagnostics.Metrics;
using System.Net;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Tests.Sip.Registration;

/// <summary>A26 and A27: several servers behind a name, servers that die, names that change, many trunks, and trunks that only ask whether the server lives.</summary>
public sealed class TrunkFailoverTests
{
    private const string First = "203.0.113.1:5060";
    private const string Second = "203.0.113.2:5060";
    private const string Third = "[2001:db8::3]:5060";

    private static readonly string[] Zone =
    [
        "_sip._udp.example.com SRV 10 0 5060 a.example.com", "_sip._udp.example.com SRV 20 0 5060 b.example.com", "_sip._udp.example.com SRV 30 0 5060 c.example.com",
        "a.example.com A 203.0.113.1", "b.example.com A 203.0.113.2", "c.example.com AAAA 2001:db8::3",
    ];

    [Fact]
    public void The_first_server_by_priority_is_used_and_all_are_the_trunks_own()
    {
        var bench = Bench((_, _) => "200");
        Assert.Equal(["0.0 203.0.113.1:5060 600"], bench.Registers);
        foreach (var address in new[] { "203.0.113.1", "203.0.113.2", "2001:db8::3" })
            Assert.Equal("provider", bench.Directory.Of(IPAddress.Parse(address))?.Name);
        Assert.Null(bench.Directory.Of(IPAddress.Parse("203.0.113.4")));
    }

    [Fact]
    public void A_silent_server_costs_a_second_and_a_half()
    {
        var bench = Bench((to, _) => to == First ? null : "200");
        bench.Advance(1.6);
        Assert.Equal(TrunkState.Up, bench.Status.State);
        Assert.Equal("udp://203.0.113.2:5060", bench.Status.Server);
    }

    [Theory]
    [InlineData("503\nRetry-After: 600")]
    [InlineData("500")]
    [InlineData("408")]
    public void A_server_in_trouble_is_left_at_once(string answer)
    {
        var bench = Bench((to, _) => to == First ? answer : "200");
        Assert.Equal(["0.0 203.0.113.1:5060 600", "0.0 203.0.113.2:5060 600"], bench.Registers);
    }

    [Fact]
    public void A_refusal_is_final_for_all_servers_of_the_name()
    {
        var bench = Bench((to, _) => to == First ? "403" : "200");
        bench.Advance(10);
        Assert.Single(bench.Requests);
    }

    [Fact]
    public void A_server_that_asked_for_a_pause_is_spared_while_others_are_tried()
    {
        var bench = Bench((to, _) => to == First ? "503\nRetry-After: 60" : null);
        bench.Advance(55);
        Assert.Single(bench.Requests, sent => sent.To == First);
        Assert.Contains(bench.Requests, sent => sent.To == Third);
    }

    // A26: three targets, all dead, then one of them lives: at most 5 s.
    [Theory]
    [InlineData(First)]
    [InlineData(Second)]
    [InlineData(Third)]
    public void Whichever_server_comes_back_is_found_within_five_seconds(string alive)
    {
        for (var outage = 10.0; outage < 40; outage += 1.3)
        {
            var bench = Bench((_, _) => null);
            bench.Advance(outage);
            bench.WhenAsked = (to, _) => to == alive ? "200" : null;
            bench.Advance(5);
            Assert.True(bench.Status.State == TrunkState.Up, $"not registered 5 s after {outage} s");
        }
    }

    [Fact]
    public void A_server_that_stops_to_answer_options_is_left_for_the_next()
    {
        var bench = Bench((_, _) => "200", TimeSpan.FromSeconds(30));
        bench.Advance(61);
        Assert.Equal("udp://203.0.113.1:5060", bench.Status.Server);
        var died = bench.Now;
        bench.WhenAsked = (to, _) => to == First ? null : "200";
        while (bench.Status.Server == "udp://203.0.113.1:5060" || bench.Status.State != TrunkState.Up)
            bench.Advance(0.1);
        Assert.InRange((bench.Now - died).TotalSeconds, 1, 30 + 4 + 1.6);
        Assert.Equal("udp://203.0.113.2:5060", bench.Status.Server);
        Assert.Contains(bench.Log, line => line.Contains("Trunk provider is down: udp://203.0.113.1:5060: no answer to OPTIONS", StringComparison.Ordinal));
    }

    [Fact]
    public void A_server_that_never_answers_options_is_not_held_to_it()
    {
        var bench = Bench((_, request) => request.Method == SipMethods.Options ? null : "200", TimeSpan.FromSeconds(30));
        bench.Advance(250);
        Assert.Single(bench.Registers);
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    [Fact]
    public void A_refused_options_shows_a_server_that_lives()
    {
        var bench = Bench((_, request) => request.Method == SipMethods.Options ? "403" : "200", TimeSpan.FromSeconds(30));
        bench.Advance(100);
        Assert.Single(bench.Registers);
        Assert.Equal("403 Whatever", bench.Status.LastAnswer);
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    // A26: A record change. The server that has us is left when it says nothing any more, else at the renewal: it was told to hold us until then.
    [Fact]
    public void A_name_that_leads_elsewhere_is_followed_at_the_renewal()
    {
        var bench = Bench((_, _) => "200");
        bench.Zone.Zone[3] = "a.example.com A 203.0.113.9";
        bench.Advance(31);
        Assert.Single(bench.Registers);
        Assert.Equal("provider", bench.Directory.Of(IPAddress.Parse("203.0.113.9"))?.Name);
        bench.Advance(540);
        Assert.Equal("udp://203.0.113.9:5060", bench.Status.Server);
        Assert.Equal(2, bench.Registers.Length);
        Assert.DoesNotContain(bench.Log, line => line.Contains("down", StringComparison.Ordinal));
        Assert.Equal("provider", bench.Directory.Of(IPAddress.Parse("203.0.113.1"))?.Name);   // calls of its may still come
        bench.Advance(3_700);
        Assert.Null(bench.Directory.Of(IPAddress.Parse("203.0.113.1")));
    }

    [Fact]
    public void A_name_that_leads_elsewhere_is_followed_when_the_old_server_is_silent()
    {
        var bench = Bench((_, _) => "200", TimeSpan.FromSeconds(30));
        bench.Advance(31);
        bench.Zone.Zone[3] = "a.example.com A 203.0.113.9";
        bench.WhenAsked = (to, _) => to == First ? null : "200";
        bench.Advance(30 + 30 + 4);
        Assert.Equal("udp://203.0.113.9:5060", bench.Status.Server);
    }

    [Fact]
    public void A_name_that_shows_other_servers_of_a_pool_each_time_neither_shakes_the_registration_nor_makes_them_strangers()
    {
        var bench = Bench((_, _) => "200", TimeSpan.FromSeconds(30));
        for (var i = 0; i < 60; i++)
        {
            bench.Zone.Zone[3] = $"a.example.com A 203.0.113.{10 + i % 3}";
            bench.Advance(31);
            Assert.Equal(TrunkState.Up, bench.Status.State);
        }
        Assert.InRange(bench.Registers.Length, 3, 8);   // 31 min, renewed every 5 to 9
        foreach (var address in new[] { "203.0.113.1", "203.0.113.10", "203.0.113.11", "203.0.113.12" })
            Assert.Equal("provider", bench.Directory.Of(IPAddress.Parse(address))?.Name);
        Assert.DoesNotContain(bench.Log, line => line.Contains("down", StringComparison.Ordinal));
    }

    [Fact]
    public void Name_servers_that_fail_take_nothing_away()
    {
        var bench = Bench((_, _) => "200");
        bench.Zone.IsDown = true;
        bench.Advance(2_000);
        Assert.Equal(TrunkState.Up, bench.Status.State);
        Assert.Equal("provider", bench.Directory.Of(IPAddress.Parse("203.0.113.1"))?.Name);
    }

    [Fact]
    public void A_name_that_is_not_there_is_said_and_found_when_it_comes()
    {
        var bench = new TrunkBench("example.com", (_, _) => "200");
        bench.Advance(10);
        Assert.Equal((TrunkState.Down, "no server is found by the name example.com"), (bench.Status.State, bench.Status.LastAnswer));
        bench.Zone.Zone.AddRange(Zone);
        bench.Advance(5);
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    // A26: no storm after a mass restart, spread of at least 10 s; a single trunk does not wait.
    [Fact]
    public void Many_trunks_register_one_after_the_other()
    {
        var trunks = Enumerable.Range(1, 20).ToDictionary(i => $"t{i:00}", i => TrunkBench.Registering($"203.0.113.{i}"));
        var bench = new TrunkBench(trunks) { WhenAsked = (_, _) => "200" };
        bench.Serve();
        bench.Advance(25);
        var times = bench.Requests.Select(sent => sent.At.TotalSeconds).Order().ToList();
        Assert.Equal(20, times.Count);
        Assert.True(times[^1] - times[0] >= 10, $"spread over {times[^1] - times[0]} s");
        Assert.All(times.Zip(times.Skip(2)), pair => Assert.True(pair.Second - pair.First > 0.5, "three at once"));
    }

    [Fact]
    public void Many_instances_that_start_together_spread_over_the_configured_time()
    {
        var times = Enumerable.Range(0, 100).Select(_ =>
        {
            var bench = new TrunkBench(new Dictionary<string, TrunkOptions> { ["provider"] = TrunkBench.Registering("203.0.113.1") }, spread: TimeSpan.FromSeconds(20))
            {
                WhenAsked = (_, _) => "200",
            };
            bench.Advance(20.1);
            return bench.Requests[0].At.TotalSeconds;
        }).ToList();
        Assert.True(times.Max() - times.Min() >= 10);
        Assert.InRange(times.Average(), 7, 13);
    }

    [Fact]
    public void A_static_trunk_is_up_while_its_server_answers()
    {
        var bench = Static((_, _) => "200");
        Assert.Equal(TrunkState.Up, bench.Status.State);
        Assert.Equal("OPTIONS sip:203.0.113.1 SIP/2.0", bench.Requests[0].Request.ToString());
        bench.WhenAsked = (_, _) => null;
        bench.Advance(36);
        Assert.Equal((TrunkState.Down, "no answer to OPTIONS"), (bench.Status.State, bench.Status.LastAnswer));
        bench.WhenAsked = (_, _) => "200";
        bench.Advance(5);
        Assert.Equal(TrunkState.Up, bench.Status.State);
        Assert.Equal(["up", "down", "up"], Changes(bench));
    }

    // Our OPTIONS are filtered by UDP alone; the name has both protocols on one port.
    [Fact]
    public void A_static_trunk_whose_server_is_silent_by_udp_alone_stays_up_by_tcp()
    {
        string[] zone = ["_sip._udp.example.com SRV 10 0 5060 a.example.com", "_sip._tcp.example.com SRV 10 0 5060 a.example.com", "a.example.com A 203.0.113.1"];
        var trunk = new TrunkOptions { Server = "example.com", OptionsInterval = TimeSpan.FromSeconds(30) };
        var bench = new TrunkBench(new Dictionary<string, TrunkOptions> { ["provider"] = trunk }, second: SipProtocol.Tcp, zone: zone)
        {
            WhenAsked = (_, request) => request.TopVia.Transport == "TCP" ? "200" : null,
        };
        bench.Advance(10);
        Assert.Equal((TrunkState.Up, "tcp://203.0.113.1:5060"), (bench.Status.State, bench.Status.Server));
        bench.Advance(300);
        Assert.Equal((TrunkState.Up, "tcp://203.0.113.1:5060"), (bench.Status.State, bench.Status.Server));
        Assert.Equal(["down", "up"], Changes(bench));

        bench.WhenAsked = (_, _) => "200";   // UDP is there again, and first by the name
        bench.Advance(70);
        Assert.Equal("udp://203.0.113.1:5060", bench.Status.Server);
        Assert.Equal(["down", "up"], Changes(bench));
    }

    [Fact]
    public void A_static_trunk_that_is_out_of_service_is_down() =>
        Assert.Equal((TrunkState.Down, "503 Whatever"), (Static((_, _) => "503").Status.State, Static((_, _) => "503").Status.LastAnswer));

    [Fact]
    public void Without_options_a_static_trunk_is_only_looked_up()
    {
        var bench = Static((_, _) => "200", TimeSpan.Zero);
        bench.Advance(200);
        Assert.Empty(bench.Requests);
        Assert.Equal(TrunkState.Unknown, bench.Status.State);
        Assert.Equal("provider", bench.Directory.Of(IPAddress.Parse("203.0.113.1"))?.Name);
    }

    // A27: what monitoring sees; the trunk's name is this test's own, because other tests count on the same meter.
    [Fact]
    public void Monitoring_sees_the_trunk_and_how_its_registers_ended()
    {
        var seen = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name.StartsWith("voiceagent.sip.trunks.", StringComparison.Ordinal))
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => Add($"up {value}", tags));
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add($"registers {value}", tags));
        listener.Start();
        var bench = new TrunkBench(new Dictionary<string, TrunkOptions> { ["metered"] = TrunkBench.Registering("203.0.113.1") }) { WhenAsked = (_, _) => "200" };
        listener.RecordObservableInstruments();
        bench.Serve();
        listener.RecordObservableInstruments();
        Assert.Equal(["up 0", "registers 1 Accepted", "up 1"], seen);

        void Add(string text, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if ("metered".Equals(tags[0].Value))
                lock (seen)
                    seen.Add(string.Join(' ', tags[1..].ToArray().Select(tag => tag.Value).Prepend(text)));
        }
    }

    private static IEnumerable<string> Changes(TrunkBench bench) =>
        bench.Log.Where(line => line.Contains("Trunk provider is", StringComparison.Ordinal)).Select(line => line.Split(' ')[4].TrimEnd(':'));

    private static TrunkBench Static(Func<string, SipRequest, string?> whenAsked, TimeSpan? interval = null)
    {
        var bench = new TrunkBench(new Dictionary<string, TrunkOptions>
        {
            ["provider"] = new() { Server = "203.0.113.1", OptionsInterval = interval ?? TimeSpan.FromSeconds(30) },
        }) { WhenAsked = whenAsked };
        bench.Serve();
        return bench;
    }

    private static TrunkBench Bench(Func<string, SipRequest, string?> whenAsked, TimeSpan? optionsInterval = null)
    {
        var trunk = new TrunkOptions { Server = "example.com", Register = true, Username = "me", Password = "secret", OptionsInterval = optionsInterval ?? TimeSpan.Zero };
        var bench = new TrunkBench(new Dictionary<string, TrunkOptions> { ["provider"] = trunk }, zone: Zone) { WhenAsked = whenAsked };
        bench.Serve();
        return bench;
    }
}
