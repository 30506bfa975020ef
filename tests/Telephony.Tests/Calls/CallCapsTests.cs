using System.Net;
using Telephony.Sip.Admission;
using Telephony.Tests.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Tests.Calls;

/// <summary>A8: calls beyond a cap are refused with 503 and no Retry-After, before a port is leased; room returns with time and with calls that end.</summary>
public sealed class CallCapsTests
{
    [Fact]
    public void Calls_begin_at_the_pace_of_the_service_and_no_faster()
    {
        using var bench = new CallBench(new TelephonyOptions { MaxCallsPerSecond = 3 });
        Assert.Equal(["", "", "", "503", "503"], Calls(bench, 5));
        Assert.Equal(5, bench.Metrics.Offered);
        Assert.Equal(3, bench.Metrics.Active);

        bench.Clock.Advance(TimeSpan.FromSeconds(0.34));
        Assert.Equal(["", "503"], Calls(bench, 2, first: 5));
    }

    [Fact]
    public void A_trunk_has_a_pace_of_its_own_that_leaves_the_others_theirs()
    {
        using var bench = new CallBench(Options("192.0.2.10", new TrunkOptions { Addresses = ["192.0.2.10"], MaxCallsPerSecond = 2 }, perSecond: 3));
        Assert.Equal(["", "", "503", "503"], Calls(bench, 4));   // those refused took nothing from the others
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        bench.TakeSent();
        Assert.Equal(["", "", "503"], Calls(bench, 3, first: 4));
    }

    [Fact]
    public void A_trunk_has_no_more_calls_than_its_own_until_one_ends()
    {
        using var bench = new CallBench(Options("192.0.2.10", new TrunkOptions { Addresses = ["192.0.2.10"], MaxCalls = 2 }));
        var first = Phone.Connected(bench);
        Assert.Equal(["", "503"], Calls(bench, 2, first: 1));
        Assert.DoesNotContain("Retry-After", bench.Wire.Sent[^1].Text, StringComparison.Ordinal);

        first.Bye();
        Assert.Equal(["", "503"], Calls(bench, 2, first: 3));
    }

    [Fact]
    public void Calls_that_are_turned_away_lease_no_port()
    {
        using var bench = new CallBench(new TelephonyOptions { MaxCallsPerSecond = 1 });
        Assert.Equal(["", "503", "503", "503"], Calls(bench, 4));
        Assert.Equal(1, bench.Ports.Leases);
    }

    [Fact]
    public void Without_a_bound_there_is_none()
    {
        using var bench = new CallBench(new TelephonyOptions { MaxCallsPerSecond = 0 });
        Assert.All(Calls(bench, 300), said => Assert.Equal("", said));
    }

    [Fact]
    public void Strangers_have_no_more_calls_than_theirs_and_leave_a_trunk_its_own()
    {
        var trunk = new TrunkOptions { Addresses = ["192.0.2.77"] };
        using var bench = new CallBench(new TelephonyOptions
        {
            Access = new() { Strangers = StrangerPolicy.Answer, MaxCalls = 2 },
            Trunks = { ["office"] = trunk },
        });
        var first = Phone.Connected(bench);
        Assert.Equal(["", "503", "503"], Calls(bench, 3, first: 1));
        Assert.DoesNotContain("Retry-After", bench.Wire.Sent[^1].Text, StringComparison.Ordinal);
        bench.Receive(new PeerScript { CallId = "of-the-trunk" }.Invite(Phone.Sdp(Phone.Offer)), new IPEndPoint(IPAddress.Parse("192.0.2.77"), 5060));
        Assert.Equal("office", bench.Call.Trunk);

        first.Bye();
        Assert.Equal(["", "503"], Calls(bench, 2, first: 10));
    }

    [Fact]
    public void A_strangers_call_without_ACK_keeps_its_place_as_long_as_there_is_another()
    {
        using var bench = Unacknowledged(new TelephonyOptions());
        bench.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, bench.Events.Ends);

        bench.Availability = (503, null);   // full
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ended NoAck", bench.Events.Told.Last());
        Assert.StartsWith("BYE ", bench.Wire.Sent[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_strangers_call_without_ACK_makes_room_in_a_full_service_after_4_s()
    {
        using var bench = Unacknowledged(new TelephonyOptions());
        bench.Availability = (503, null);
        bench.Clock.Advance(TimeSpan.FromSeconds(3.9));
        Assert.Equal(0, bench.Events.Ends);
        bench.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("ended NoAck", bench.Events.Told.Last());
    }

    [Fact]
    public void Strangers_calls_without_ACK_make_room_for_a_stranger_one_at_a_time_whether_or_not_their_BYE_is_answered()
    {
        using var bench = new CallBench(new TelephonyOptions { Access = new() { Strangers = StrangerPolicy.Answer, MaxCalls = 3 } });
        foreach (var i in Enumerable.Range(0, 3))
        {
            Assert.Equal([""], Calls(bench, 1, first: i));
            bench.Answer();
            bench.TakeSent();
        }
        Assert.Equal(["503"], Calls(bench, 1, first: 3));

        bench.Clock.Advance(TimeSpan.FromSeconds(4.1));
        Assert.Equal(["ended NoAck"], bench.Offered.SelectMany(call => call.Events.Told.Where(line => line.StartsWith("ended", StringComparison.Ordinal))));
        bench.TakeSent();
        Assert.Equal([""], Calls(bench, 1, first: 4));
    }

    [Fact]
    public void A_strangers_call_without_ACK_needs_to_make_no_room_in_a_service_that_stops()
    {
        using var bench = Unacknowledged(new TelephonyOptions());
        (bench.Availability, bench.IsStopping) = ((503, "30"), true);
        bench.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, bench.Events.Ends);
    }

    [Fact]
    public void A_trunks_call_without_ACK_and_a_strangers_with_one_stay()
    {
        using var trunk = Unacknowledged(Options("192.0.2.10", new TrunkOptions { Addresses = ["192.0.2.10"] }));
        trunk.Availability = (503, null);
        trunk.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(0, trunk.Events.Ends);
        trunk.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("ended NoAck", trunk.Events.Told.Last());   // RFC 3261 section 13.3.1.4

        using var bench = new CallBench();
        Phone.Connected(bench);
        bench.Availability = (503, null);
        bench.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, bench.Events.Ends);
    }

    private static CallBench Unacknowledged(TelephonyOptions options)
    {
        var bench = new CallBench(options);
        new Phone(bench).Invite();
        bench.Answer();
        return bench;
    }

    private static TelephonyOptions Options(string address, TrunkOptions trunk, int perSecond = 100) =>
        new() { MaxCallsPerSecond = perSecond, Trunks = { [$"trunk of {address}"] = trunk } };

    private static List<string> Calls(CallBench bench, int count, int first = 0) =>
        [.. Enumerable.Range(first, count).Select(i => new Phone(bench, $"call-{i}").Invite())];
}
