using Telephony.Calls;
using Telephony.Sip.Messages;
using Telephony.Trunks;

namespace Telephony.Tests.Calls;

/// <summary>A5: nobody makes our system dial or pay. What may be called, how often, and that nothing else ever leaves.</summary>
public sealed class OutboundRulesTests
{
    private static readonly string[] Allowed = ["+49*", "*@pbx.example", "bob@192.0.2.10:5070", "*@lab.example:*", "*@[2001:db8::5]", "110"];

    [Theory]
    [InlineData("+493012345678", true)]
    [InlineData("tel:+49-30-1234", true)]
    [InlineData("+49 (30) 1234", true)]
    [InlineData("110", true)]
    [InlineData("sip:anna@pbx.example", true)]
    [InlineData("sips:anna@PBX.example:5061", true)]
    [InlineData("sip:bob@192.0.2.10:5070", true)]
    [InlineData("sip:anna@lab.example:9999", true)]
    [InlineData("sip:anna@[2001:db8::5]", true)]
    [InlineData("sip:anna@[2001:db8::5]:5070", false)]
    [InlineData("sip:anna@pbx.example:5060", true)]
    [InlineData("sip:anna@pbx.example:9999", false)]             // another service of that host
    [InlineData("sip:bob@192.0.2.10", false)]
    [InlineData("1101", false)]                                  // exact, not a beginning
    [InlineData("+1900555", false)]
    [InlineData("0049301234", false)]                            // compared as it is dialled
    [InlineData("49301234", false)]
    [InlineData("+49*21*0900123#", false)]                       // a command to a switch
    [InlineData("tel:+1900;phone-context=+49", false)]
    [InlineData("tel:0900;phone-context=+49", true)]             // +490900 is what is dialled
    [InlineData("sip:carol@192.0.2.10", false)]
    [InlineData("sip:bob@192.0.2.10.evil.example", false)]
    [InlineData("sip:evil.example;x=@pbx.example", false)]
    [InlineData("sip:anna%40evil.example@pbx.example", false)]
    [InlineData("sip:anna;phone-context=+1900@pbx.example", false)]
    [InlineData("sip:+4930@evil.example", false)]                // a number's rule is no address's
    [InlineData("sip:pbx.example", false)]
    [InlineData("mailto:bob@192.0.2.10", false)]
    public void The_list_is_taken_word_by_word(string target, bool allowed)
    {
        var list = new OutboundList(Allowed);
        Assert.Equal(allowed, TransferTarget.TryParse(target, out var parsed) && OutboundTarget.Of(parsed) is { } called && list.Allows(called));
    }

    [Theory]
    [InlineData("sip:+19005551234@pbx.example", DialRefusal.NotAllowed)]      // the provider would dial it
    [InlineData("sip:0019005551234@pbx.example", DialRefusal.NotAllowed)]
    [InlineData("sip:+1-900-555-1234@pbx.example", DialRefusal.NotAllowed)]
    [InlineData("sip:+49*21*0900@pbx.example", DialRefusal.NotAllowed)]
    [InlineData("sip:+49-30-1234@pbx.example", DialRefusal.None)]
    [InlineData("sip:anna@pbx.example", DialRefusal.None)]
    [InlineData("sip:+3312345@exact.example", DialRefusal.None)]
    [InlineData("sip:+3312345@provider.example", DialRefusal.None)]           // its own address book
    public void Number_at_a_host_that_is_allowed_is_no_number_for_another_trunk(string target, DialRefusal expected)
    {
        using var bench = new CallBench(new TelephonyOptions
        {
            PublicAddress = "198.51.100.5",
            Outbound = new() { Allow = ["+49*", "*@pbx.example", "+3312345@exact.example", "*@provider.example"] },
            Trunks = new Dictionary<string, TrunkOptions> { ["provider"] = new() { Server = "192.0.2.10:5070", Domain = "provider.example" } },
        });
        Assert.Equal(expected, bench.Dial(target, "provider"));
        Assert.Equal(expected == DialRefusal.None, bench.TakeSent().OfType<SipRequest>().Any(request => request.Method == SipMethods.Invite));
    }

    [Theory]
    [InlineData("+49301", "sip:+49-301@pbx.example", true)]
    [InlineData("sip:+49.301@pbx.example", "sip:+49-301@pbx.example", true)]
    [InlineData("sip:+49301@pbx.example", "sip:+49_301@lab.example", true)]
    [InlineData("sip:20-1@pbx.example", "sip:2.01@pbx.example", true)]
    [InlineData("sip:201@pbx.example", "sip:201@lab.example", false)]
    [InlineData("sip:anna@pbx.example", "sip:an.na@pbx.example", false)]
    public void Calls_to_a_number_are_counted_however_it_is_written(string first, string second, bool isSame)
    {
        var rules = new OutboundRules(new OutboundOptions { Allow = ["+49*", "*@pbx.example", "*@lab.example"], MaxCallsPerNumberPerHour = 1 }, TimeProvider.System);
        Assert.Equal(DialRefusal.None, Take(rules, first));
        Assert.Equal(isSame ? DialRefusal.TooManyToNumber : DialRefusal.None, Take(rules, second));
    }

    [Fact]
    public void An_empty_list_allows_nobody()
    {
        using var bench = new CallBench(new TelephonyOptions { PublicAddress = "198.51.100.5" });
        Assert.Equal(DialRefusal.NotAllowed, bench.Dial("sip:bob@192.0.2.10:5070"));
        Assert.Empty(bench.TakeSent());
    }

    [Theory]
    [InlineData("*")]
    [InlineData("**")]
    [InlineData("+49**")]
    [InlineData("")]
    [InlineData("bob")]
    [InlineData("@host")]
    [InlineData("a@b@c")]
    [InlineData("*x@host")]
    [InlineData("*@host:")]
    [InlineData("*@host:70000")]
    [InlineData("*@host:1:*")]
    [InlineData("*@2001:db8::5")]
    public void What_is_no_pattern_is_refused_at_the_start(string text)
    {
        Assert.False(OutboundPattern.TryParse(text, out _));
        Assert.Contains(OutboundOptionsRules.Errors(new OutboundOptions { Allow = [text] }), error => error.Contains("Telephony:Outbound:Allow:0", StringComparison.Ordinal));
    }

    [Fact]
    public void Calls_are_capped_at_once_per_hour_and_per_number()
    {
        var clock = new Support.ManualTimeProvider();
        var rules = new OutboundRules(new OutboundOptions { Allow = ["+49*"], MaxCalls = 2, MaxCallsPerHour = 5, MaxCallsPerNumberPerHour = 3 }, clock);
        Assert.Equal(DialRefusal.None, Take(rules, "+491"));
        Assert.Equal(DialRefusal.None, Take(rules, "+492"));
        Assert.Equal(DialRefusal.TooMany, Take(rules, "+493"));
        rules.Release();
        Assert.Equal(DialRefusal.None, Take(rules, "+491"));
        rules.Release();
        rules.Release();
        Assert.Equal(DialRefusal.None, Take(rules, "+49 1"));   // the same number, written otherwise
        Assert.Equal(DialRefusal.TooManyToNumber, Take(rules, "tel:+491"));
        Assert.Equal(DialRefusal.None, Take(rules, "+494"));
        rules.Release();
        rules.Release();
        Assert.Equal(DialRefusal.TooMany, Take(rules, "+495"));

        clock.Advance(TimeSpan.FromMinutes(59.9));
        Assert.Equal(DialRefusal.TooMany, Take(rules, "+495"));
        clock.Advance(TimeSpan.FromMinutes(0.2));
        Assert.Equal(DialRefusal.None, Take(rules, "+491"));
    }

    [Fact]
    public void Hundred_thousand_tries_send_no_INVITE_outside_the_list()
    {
        using var bench = new CallBench(new TelephonyOptions
        {
            PublicAddress = "198.51.100.5",
            Outbound = new() { Allow = ["bob@192.0.2.10:5070", "+4930*"], MaxCalls = 5, MaxCallsPerHour = 50, MaxCallsPerNumberPerHour = 10 },
            Trunks = new Dictionary<string, TrunkOptions> { ["t"] = new() { Server = "192.0.2.10:5070" } },
        });
        var random = new Random(5);
        var allowed = 0;
        for (var i = 0; i < 100_000; i++)
        {
            if (bench.Dial(Target(random), random.Next(2) == 0 ? "t" : null) == DialRefusal.None)
                allowed++;
            if (i % 1000 == 0)
                bench.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var invites = bench.TakeSent().OfType<SipRequest>().Where(request => request.Method == SipMethods.Invite).Select(invite => invite.RequestUri.User!).ToHashSet();
        Assert.All(invites, user => Assert.True(user == "bob" || user.StartsWith("+4930", StringComparison.Ordinal), user));
        Assert.InRange(allowed, 50, 150);   // 50 an hour, 100 minutes
    }

    [Fact]
    public void A_stranger_cannot_make_us_call()
    {
        // INVITEs to numbers, with Route, and a REFER to a premium number: none of them leads to a request of ours.
        using var bench = new CallBench(Callee.Options);
        var phone = Phone.Connected(bench);
        Assert.Equal("405", phone.Refer("<sip:+19001234@192.0.2.10>"));
        foreach (var uri in new[] { "sip:+19001234@198.51.100.5", "tel:+19001234", "sip:bob@192.0.2.10" })
        {
            var caller = new Phone(bench, $"{uri.GetHashCode(StringComparison.Ordinal)}@192.0.2.10");
            caller.Script.RequestUri = uri;
            caller.Script.Extra = "Route: <sip:192.0.2.10;lr>\n";
            caller.Invite();
            bench.Call.HangUp();
        }
        Assert.DoesNotContain(bench.Wire.Sent, sent => sent.Text.StartsWith("INVITE", StringComparison.Ordinal));
    }

    [Fact]
    public void A_call_to_ourselves_is_refused()
    {
        using var bench = new CallBench(new TelephonyOptions { PublicAddress = "198.51.100.5", Outbound = new() { Allow = ["*@198.51.100.5", "*@127.0.0.1"] } });
        Assert.Equal(DialRefusal.NoRoute, bench.Dial("sip:agent@198.51.100.5"));
        Assert.Equal(DialRefusal.NoRoute, bench.Dial("sip:agent@127.0.0.1:5060"));
        Assert.Empty(bench.TakeSent());
        Assert.Empty(bench.Offered);
    }

    private static string Target(Random random) => random.Next(12) switch
    {
        0 => "sip:bob@192.0.2.10:5070",
        1 => $"+4930{random.Next(1000)}",
        2 => $"+1900{random.Next(10_000_000)}",
        3 => $"tel:+4930{random.Next(100)};phone-context=+1900",
        4 => $"sip:+1900{random.Next(1000)}@192.0.2.10",
        5 => $"sip:bob%2f{random.Next(1000)}@192.0.2.10",
        6 => $"sip:bob@192.0.2.{random.Next(11, 250)}",
        7 => $"+4930*{random.Next(1000)}#",
        8 => $"00{random.Next(1_000_000)}",
        9 => $"sip:bob;isub={random.Next(1000)}@192.0.2.10",
        10 => new string([.. Enumerable.Range(0, random.Next(20)).Select(_ => (char)random.Next(32, 127))]),
        _ => $"sip:bob@192.0.2.10;method=BYE;maddr=192.0.2.{random.Next(250)}",
    };

    private static DialRefusal Take(OutboundRules rules, string text)
    {
        Assert.True(TransferTarget.TryParse(text, out var target));
        return rules.TryTake(OutboundTarget.Of(target)!);
    }
}
