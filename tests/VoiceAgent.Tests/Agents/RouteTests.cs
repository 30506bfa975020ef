using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Telephony;
using Telephony.Trunks;
using VoiceAgent.Agents;

namespace VoiceAgent.Tests.Agents;

public sealed class RouteTests
{
    private static readonly RouteQuery Call = new()
    {
        Trunk = "carrier", Dialled = "+4930100", To = "+4930200", Caller = "+49301234", DivertedFrom = ["+4930555", ""],
        Headers = name => name == "X-Queue" ? ["Sales east", "other"] : [],
    };

    public static TheoryData<AgentRoute, bool> Conditions => new()
    {
        { new() { Agent = "a" }, true },
        { new() { Agent = "a", Trunks = ["CARRIER"] }, true },
        { new() { Agent = "a", Trunks = ["other"] }, false },
        { new() { Agent = "a", Dialled = ["+4940*", "+4930*"] }, true },
        { new() { Agent = "a", Dialled = ["+4930"] }, false },
        { new() { Agent = "a", Dialled = ["*100"] }, true },
        { new() { Agent = "a", To = ["+4930200"] }, true },
        { new() { Agent = "a", To = ["+4930100"] }, false },
        { new() { Agent = "a", DivertedFrom = ["+4930555"] }, true },
        { new() { Agent = "a", DivertedFrom = ["*"] }, true },
        { new() { Agent = "a", DivertedFrom = ["+4930556"] }, false },
        { new() { Agent = "a", Callers = ["+49*"] }, true },
        { new() { Agent = "a", Callers = ["+43*", "withheld"] }, false },
        { new() { Agent = "a", Header = "X-Queue" }, true },
        { new() { Agent = "a", Header = "X-Queue", HeaderValue = "sales*" }, true },
        { new() { Agent = "a", Header = "X-Queue", HeaderValue = "sales" }, false },
        { new() { Agent = "a", Header = "X-Other" }, false },
        { new() { Agent = "a", Trunks = ["carrier"], Dialled = ["+4930*"], Callers = ["+43*"] }, false },
    };

    [Theory, MemberData(nameof(Conditions))]
    public void A_route_fits_when_all_that_it_says_does(AgentRoute route, bool fits) => Assert.Equal(fits ? "a" : "reception", Directory([route]).Find(Call).Agent!.Name);

    [Theory]
    [InlineData("withheld", null, true, true)]
    [InlineData("withheld", null, false, false)]
    [InlineData("withheld", "withheld", false, false)]
    [InlineData("*", null, true, false)]
    [InlineData("*", "+49", false, true)]
    public void Callers_may_be_asked_for_who_withhold_their_number(string pattern, string? caller, bool isWithheld, bool fits) =>
        Assert.Equal(fits ? "a" : "reception", Directory([new() { Agent = "a", Callers = [pattern] }]).Find(Call with { Caller = caller, IsWithheld = isWithheld }).Agent!.Name);

    // Saturday 3 to Monday 5 January 2026; Berlin is one hour ahead of UTC.
    [Theory]
    [InlineData("2026-01-03T17:59+01:00", "18:00", "23:00", "", false)]
    [InlineData("2026-01-03T18:00+01:00", "18:00", "23:00", "", true)]
    [InlineData("2026-01-03T22:59:59+01:00", "18:00", "23:00", "", true)]
    [InlineData("2026-01-03T23:00+01:00", "18:00", "23:00", "", false)]
    [InlineData("2026-01-03T22:00Z", "18:00", "23:00", "", false)]
    [InlineData("2026-01-03T23:59:59+01:00", "18:00", "", "", true)]
    [InlineData("2026-01-03T00:00+01:00", "", "08:00", "", true)]
    [InlineData("2026-01-03T08:00+01:00", "", "08:00", "", false)]
    // Past midnight: the day is the one on which it begins.
    [InlineData("2026-01-03T22:00+01:00", "22:00", "06:00", "Saturday", true)]
    [InlineData("2026-01-04T00:00+01:00", "22:00", "06:00", "Saturday", true)]
    [InlineData("2026-01-04T05:59:59+01:00", "22:00", "06:00", "Saturday", true)]
    [InlineData("2026-01-04T06:00+01:00", "22:00", "06:00", "Saturday", false)]
    [InlineData("2026-01-04T22:00+01:00", "22:00", "06:00", "Saturday", false)]
    [InlineData("2026-01-03T05:00+01:00", "22:00", "06:00", "Saturday", false)]
    // From a time to the same one of the next day.
    [InlineData("2026-01-03T07:59+01:00", "08:00", "08:00", "Saturday", false)]
    [InlineData("2026-01-04T07:59+01:00", "08:00", "08:00", "Saturday", true)]
    [InlineData("2026-01-03T12:00+01:00", "", "", "Saturday,Sunday", true)]
    [InlineData("2026-01-04T23:59:59+01:00", "", "", "Saturday,Sunday", true)]
    [InlineData("2026-01-05T00:00+01:00", "", "", "Saturday,Sunday", false)]
    // Clocks go forward on 29 March 2026 at 2:00 (2:30 is not there) and back on 25 October at 3:00 (2:30 is there twice).
    [InlineData("2026-03-29T00:59Z", "02:00", "03:00", "", false)]
    [InlineData("2026-03-29T01:00Z", "02:00", "03:00", "", false)]
    [InlineData("2026-03-29T01:00Z", "03:00", "04:00", "", true)]
    [InlineData("2026-10-25T00:30Z", "02:00", "03:00", "", true)]
    [InlineData("2026-10-25T01:30Z", "02:00", "03:00", "", true)]
    [InlineData("2026-10-25T02:00Z", "02:00", "03:00", "", false)]
    public void Times_are_those_of_the_zone(string now, string from, string until, string days, bool fits)
    {
        var route = new AgentRoute { Agent = "a", From = Time(from), Until = Time(until), Days = [.. days.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<DayOfWeek>)] };
        var at = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(fits ? "a" : "reception", Directory([route]).Find(Call, at).Agent!.Name);

        static TimeOnly? Time(string text) => text.Length == 0 ? null : TimeOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void The_clock_is_the_services()
    {
        var clock = new ManualTimeProvider();   // Thursday, 1 January 2026, one o'clock in Berlin
        var directory = Directory([new() { Agent = "a", From = new TimeOnly(18, 0), Until = new TimeOnly(8, 0) }], clock);
        Assert.Equal("a", directory.Find(Call).Agent!.Name);
        clock.Advance(TimeSpan.FromHours(7));
        Assert.Equal("reception", directory.Find(Call).Agent!.Name);
    }

    [Fact]
    public void Routes_go_before_numbers_numbers_before_the_trunk_and_the_trunk_before_the_default()
    {
        var directory = Directory([new() { Reject = 486, Callers = ["+43*"] }, new() { Agent = "a", Dialled = ["1"] }, new() { Agent = "night", Dialled = ["1"] }]);
        Assert.Equal(("a", "Agents:Routes:1"), Decided(Call with { Dialled = "1" }));
        Assert.Equal(("listed", "Agents:Profiles:listed:Numbers"), Decided(Call with { Dialled = "22" }));
        Assert.Equal(("night", "Telephony:Trunks:line:Agent"), Decided(Call with { Trunk = "LINE" }));
        Assert.Equal(("reception", "Agents:Default"), Decided(Call));
        Assert.Equal(("reception", "Agents:Default"), Decided(Call with { Trunk = null }));
        var refused = directory.Find(Call with { Caller = "+431" });
        Assert.Equal((null, 486, "Agents:Routes:0"), (refused.Agent, refused.RejectCode, refused.By));

        (string?, string) Decided(RouteQuery query) => directory.Find(query) is var decision ? (decision.Agent?.Name, decision.By.Replace("LINE", "line", StringComparison.Ordinal)) : default;
    }

    public static TheoryData<AgentRoute, string> Faults => new()
    {
        { new(), "Agents:Routes:0:Agent = '' is not an agent; use reception or a" },
        { new() { Agent = "nobody" }, "Agents:Routes:0:Agent = 'nobody' is not an agent" },
        { new() { Agent = "a", Reject = 486 }, "Agents:Routes:0:Reject = '486' and Agent = 'a' exclude each other" },
        { new() { Reject = 200 }, "Agents:Routes:0:Reject = '200' does not refuse a call" },
        { new() { Agent = "a", Trunks = ["nobody"] }, "Agents:Routes:0:Trunks has 'nobody', which is no trunk; use line or carrier" },
        { new() { Agent = "a", Header = "X Queue" }, "Agents:Routes:0:Header = 'X Queue' is not the name of a header" },
        { new() { Agent = "a", HeaderValue = "x" }, "Agents:Routes:0:HeaderValue = 'x' belongs to no header" },
        { new() { Agent = "a", Dialled = [" "] }, "Agents:Routes:0:Dialled has ' ', which fits no number" },
        { new() { Agent = "a", Callers = [""] }, "Agents:Routes:0:Callers has '', which fits no number" },
    };

    [Theory, MemberData(nameof(Faults))]
    public void A_route_that_leads_nowhere_is_refused_with_key_value_and_remedy(AgentRoute route, string said)
    {
        var fault = Assert.Single(RouteRules.Errors(Options([route]), Trunks));
        Assert.StartsWith(said, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_zones_and_agents_of_trunks_are_refused()
    {
        Assert.StartsWith("Agents:TimeZone = 'Berlin' is not a time zone", Assert.Single(RouteRules.Errors(Options([], "Berlin"), Trunks)), StringComparison.Ordinal);
        var trunks = new Dictionary<string, string>(StringComparer.Ordinal) { ["line"] = "nobody" };
        Assert.StartsWith("Telephony:Trunks:line:Agent = 'nobody' is not an agent", Assert.Single(RouteRules.Errors(Options([]), trunks)), StringComparison.Ordinal);
    }

    [Fact]
    public void Routes_that_are_never_asked_are_told()
    {
        Assert.Empty(RouteRules.Warnings(Options([new() { Agent = "a", Dialled = ["1"] }, new() { Agent = "a" }])));
        Assert.Equal("Agents:Routes:0 fits every call, so those behind it are never asked.", Assert.Single(RouteRules.Warnings(Options([new() { Agent = "a" }, new() { Agent = "a", Dialled = ["1"] }]))));
        Assert.StartsWith("Agents:Routes:1 is never asked: Agents:Routes:0 says the same", Assert.Single(RouteRules.Warnings(Options([new() { Agent = "a", Dialled = ["1"] }, new() { Agent = "night", Dialled = ["1"] }]))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "1", false)]
    [InlineData("1*3", "123", true)]
    [InlineData("1*3", "13", true)]
    [InlineData("1*3", "134", false)]
    [InlineData("**1**", "212", true)]
    [InlineData("*ab*ab*", "xabyab", true)]
    [InlineData("*ab*ab*", "xaby", false)]
    public void A_star_stands_for_anything(string pattern, string text, bool fits) => Assert.Equal(fits, Pattern.Fits(pattern, text));

    [Fact]
    public void A_hostile_text_costs_little() => Assert.False(Pattern.Fits(string.Concat(Enumerable.Repeat("*a", 100)) + "b", new string('a', 8_000)));

    private static readonly Dictionary<string, string> Trunks = new(StringComparer.Ordinal) { ["line"] = "night", ["carrier"] = "" };

    private static AgentOptions Options(AgentRoute[] routes, string zone = "Europe/Berlin") => new()
    {
        Profiles = { ["reception"] = new(), ["a"] = new(), ["night"] = new(), ["listed"] = new() { Numbers = ["22"] } }, Routes = routes, TimeZone = zone,
    };

    private static AgentDirectory Directory(AgentRoute[] routes, TimeProvider? clock = null) => new(
        Microsoft.Extensions.Options.Options.Create(Options(routes)),
        Microsoft.Extensions.Options.Options.Create(new TelephonyOptions { Trunks = { ["line"] = new TrunkOptions { Agent = "night" }, ["carrier"] = new TrunkOptions() } }),
        clock ?? TimeProvider.System, NullLogger<AgentDirectory>.Instance);
}
