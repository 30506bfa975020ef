using Telephony.Trunks;

namespace Telephony.Tests.Calls;

/// <summary>A24, A25: numbers that a REFER within a call names go by the trunk of the call, and never back to ourselves.</summary>
public sealed class ReferredNumberTests
{
    [Theory]
    [InlineData("<tel:+49301000>", "603")]                       // the number that the call came in on
    [InlineData("<sip:+49301000@192.0.2.10>", "603")]
    [InlineData("<sip:+49302000@192.0.2.10>", "202 NOTIFY INVITE")]   // at the trunk's own host it is a number of the trunk
    [InlineData("<tel:+49302000>", "202 NOTIFY INVITE")]
    [InlineData("<sip:+49302000@203.0.113.9>", "603")]
    public void Numbers_go_by_the_trunk_of_the_call_and_never_back_to_us(string to, string answer)
    {
        using var bench = new CallBench(new TelephonyOptions
        {
            PublicAddress = "198.51.100.5",
            InboundRefer = ReferPolicy.Allow,
            Outbound = new() { Allow = ["+49*"] },
            Trunks = new() { ["pbx"] = new TrunkOptions { Addresses = ["192.0.2.10"], Server = "192.0.2.10:5070" } },
        });
        var human = new Phone(bench);
        human.Script.RequestUri = "sip:+49301000@198.51.100.5";
        human.Invite();
        bench.Answer();
        human.Look();
        human.Ack();
        human.Look();
        Assert.Equal(answer, human.Refer(to));
    }

    [Theory]
    [InlineData("+49301000", "<sip:+49-30-1000@192.0.2.10>", "603")]
    [InlineData("+49301000", "<tel:0301000>", "603")]
    [InlineData("+49301000", "<tel:0049301000>", "603")]
    [InlineData("49301000", "<tel:+49301000>", "603")]
    [InlineData("030-1000", "<tel:+49301000>", "603")]
    [InlineData("100", "<tel:100>", "603")]
    [InlineData("100", "<tel:101>", "202 NOTIFY INVITE")]
    public void Number_that_the_call_came_in_on_is_ours_however_it_is_written(string dialled, string to, string answer)
    {
        using var bench = new CallBench(Carrier());
        var human = new Phone(bench);
        human.Script.RequestUri = $"sip:{dialled}@198.51.100.5";
        human.Invite();
        bench.Answer();
        human.Look();
        human.Ack();
        Assert.Equal(answer, human.Refer(to));
    }

    [Fact]
    public void Callee_sends_us_neither_to_the_number_that_we_call_as_nor_to_the_one_that_the_call_came_in_on()
    {
        using var bench = new CallBench(Carrier());
        var human = new Phone(bench);
        human.Script.RequestUri = "sip:+49301000@198.51.100.5";
        human.Invite();
        bench.Answer();
        human.Look();
        human.Ack();
        human.Refer("<tel:+49302000>");
        var callee = new Callee(bench);
        callee.Take(bench.LastRequest("INVITE"));
        human.Respond(bench.LastRequest("NOTIFY"));
        callee.Respond(200, sdp: Callee.Answer);
        Assert.EndsWith("handed over", bench.Events.ToString(), StringComparison.Ordinal);
        Assert.Equal("603", callee.Request("REFER", headers: "Refer-To: <tel:+49301000>\n"));
        Assert.Equal("603", callee.Request("REFER", cseq: 2, headers: "Refer-To: <tel:0301999>\n"));
        Assert.Equal("202 NOTIFY INVITE", callee.Request("REFER", cseq: 3, headers: "Refer-To: <tel:+49303000>\n"));
    }

    /// <summary>A trunk that calls go both ways by, from a number of ours.</summary>
    private static TelephonyOptions Carrier() => new()
    {
        PublicAddress = "198.51.100.5",
        InboundRefer = ReferPolicy.Allow,
        Outbound = new() { Allow = ["+49*", "0*", "1*"] },
        Stir = new() { CountryCode = "49" },
        Trunks = new() { ["pbx"] = new TrunkOptions { Addresses = ["192.0.2.10"], Server = "192.0.2.10:5070", CallerNumber = "+49301999" } },
    };
}
