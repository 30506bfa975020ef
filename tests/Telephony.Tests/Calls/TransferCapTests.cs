using Telephony.Calls;
using Telephony.Trunks;

namespace Telephony.Tests.Calls;

/// <summary>A5: a blind transfer over a trunk is a call that we pay for, so there are only so many of them within an hour.</summary>
public sealed class TransferCapTests
{
    private const string Busy = "answered, acknowledged, transfer Refused 403";
    private int _calls;

    [Fact]
    public void Transfers_over_a_trunk_are_capped_per_number_and_hour()
    {
        using var bench = new CallBench(Options(perHour: 3, perNumber: 2, isTrunk: true));
        Assert.Equal("REFER", Transfer(bench, "+49301234"));
        Assert.Equal("REFER", Transfer(bench, "tel:+49-30-1234"));
        Assert.Equal("", Transfer(bench, "+49 30 1234"));
        Assert.Equal(Busy, bench.Events.ToString());
        Assert.Equal("REFER", Transfer(bench, "201"));
        Assert.Equal("", Transfer(bench, "202"));
        Assert.Equal(Busy, bench.Events.ToString());

        bench.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal("REFER", Transfer(bench, "+49301234"));
    }

    [Fact]
    public void Wish_while_another_is_open_is_neither_counted_nor_refused()
    {
        using var bench = new CallBench(Options(perHour: 2, perNumber: 2, isTrunk: true));
        Assert.Equal("REFER", Transfer(bench, "201"));
        bench.Call.Transfer("201");
        bench.Call.Transfer("201");
        Assert.Equal("answered, acknowledged", bench.Events.ToString());
        Assert.Equal("REFER", Transfer(bench, "201"));
    }

    [Fact]
    public void Callers_without_a_trunk_transfer_at_their_own_cost()
    {
        using var bench = new CallBench(Options(perHour: 1, perNumber: 1, isTrunk: false));
        Assert.Equal("REFER", Transfer(bench, "201"));
        Assert.Equal("REFER", Transfer(bench, "201"));
    }

    [Fact]
    public void Zero_forbids_them()
    {
        using var bench = new CallBench(Options(perHour: 0, perNumber: 0, isTrunk: true));
        Assert.Equal("", Transfer(bench, "201"));
        Assert.Equal(Busy, bench.Events.ToString());
    }

    [Fact]
    public void Negative_caps_fail_the_start() => Assert.Equal(2, OutboundOptionsRules.Errors(new OutboundOptions { MaxTransfersPerHour = -1, MaxTransfersPerNumberPerHour = -1 }).Count());

    /// <summary>One more call that is transferred; returns the methods sent.</summary>
    private string Transfer(CallBench bench, string target)
    {
        var phone = Phone.Connected(bench, callId: $"call-{++_calls}@192.0.2.10");
        bench.Call.Transfer(target);
        return phone.Look();
    }

    private static TelephonyOptions Options(int perHour, int perNumber, bool isTrunk) => new()
    {
        Outbound = new() { MaxTransfersPerHour = perHour, MaxTransfersPerNumberPerHour = perNumber },
        Trunks = isTrunk ? new Dictionary<string, TrunkOptions> { ["pbx"] = new() { Addresses = ["192.0.2.10"] } } : [],
    };
}
