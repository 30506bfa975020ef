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

    private static TelephonyOptions Options(string address, TrunkOptions trunk, int perSecond = 100) =>
        new() { MaxCallsPerSecond = perSecond, Trunks = { [$"trunk of {address}"] = trunk } };

    private static List<string> Calls(CallBench bench, int count, int first = 0) =>
        [.. Enumerable.Range(first, count).Select(i => new Phone(bench, $"call-{i}").Invite())];
}
