using GeminiLive;
using Microsoft.Extensions.DependencyInjection;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Hosting.Configuration;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.Hosting.Configuration;

/// <summary>A changed configuration is in use for new calls, all of it or nothing (goal A35); running calls keep what they began with.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task Agents_routes_limits_and_the_model_hold_for_what_comes_next()
    {
        await using var rig = await ReloadRig.StartAsync();
        var outcome = await rig.ReadAsync(
            ("Agents:Profiles:sales", """{ "Instructions": "You sell.", "Numbers": [ "4711" ], "Voice": "Puck" }"""),
            ("Agents:Routes", """[ { "Dialled": [ "4712" ], "Reject": 486 } ]"""), ("Calls:MaxCalls", "2"), ("Calls:DigitPause", "\"00:00:07\""), ("Live:Voice", "\"Zephyr\""));

        Assert.Empty(outcome.Faults);
        Assert.Empty(outcome.NeedRestart);
        Assert.Contains("Agents:Profiles:sales:Voice", outcome.Changed);
        Assert.Equal("sales", rig.Agents.Find(new RouteQuery { Dialled = "4711" }).Agent!.Name);
        Assert.Equal(486, rig.Agents.Find(new RouteQuery { Dialled = "4712" }).RejectCode);
        Assert.Equal(2, rig.Table.MaxCalls);
        Assert.Equal(TimeSpan.FromSeconds(7), rig.Services.GetRequiredService<VoiceAgent.Calls.CallServices>().Newest.Options.DigitPause);
        Assert.Equal("Zephyr", rig.Services.GetRequiredService<LiveClientFactory>().Configure().Settings.Voice);
    }

    [Fact]
    public async Task Running_call_keeps_its_agent_and_manners_while_the_next_one_has_the_new_ones()
    {
        await using var rig = await ReloadRig.StartAsync();
        var first = new VirtualLine();
        rig.Services.GetRequiredService<InboundCalls>().OnCallOffered(first.Call);
        await UntilAsync(() => first.IsAnswered);

        Assert.Empty((await rig.ReadAsync(("Agents:Profiles:reception:Instructions", "\"You are the second.\""), ("Calls:MaxCalls", "1"))).Faults);
        Assert.False(rig.Table.HasRoom);
        Assert.Empty((await rig.ReadAsync(("Agents:Profiles:reception:Instructions", "\"You are the third.\""))).Faults);
        var next = new VirtualLine();
        rig.Services.GetRequiredService<InboundCalls>().OnCallOffered(next.Call);
        await UntilAsync(() => next.IsAnswered);

        Assert.Equal((null, null), (first.End, next.End));
        Assert.Contains("You are the first.", rig.Live.Sessions[0].Messages[0].Json, StringComparison.Ordinal);
        Assert.Contains("You are the third.", rig.Live.Sessions[1].Messages[0].Json, StringComparison.Ordinal);
        first.HangUp();
        next.HangUp();
        await rig.Table.WhenEmpty().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task What_cannot_change_while_the_service_runs_is_named_until_the_restart_and_the_rest_is_in_use()
    {
        await using var rig = await ReloadRig.StartAsync();
        var outcome = await rig.ReadAsync(("Calls:MaxCalls", "7"), ("Database:RetentionDays", "30"), ("Calls:RecordFolder", "\"records\""));
        var again = await rig.ReadAsync(("Calls:MaxCalls", "8"), ("Database:RetentionDays", "30"));

        Assert.Equal(["Calls:MaxCalls"], outcome.Changed);
        Assert.Equal(["Calls:RecordFolder", "Database:RetentionDays"], outcome.NeedRestart);
        Assert.Equal(["Database:RetentionDays"], again.NeedRestart);
        Assert.Equal(8, rig.Table.MaxCalls);
        Assert.Contains("Warning: Changed in the configuration, and in use after a restart of the service only: Calls:RecordFolder, Database:RetentionDays", rig.Log);
    }

    [Fact]
    public async Task Key_that_is_gone_is_refused_where_there_is_nothing_else_to_sign_in_with()
    {
        await using var rig = await ReloadRig.StartAsync();
        Assert.StartsWith("Live:ApiKey is gone", Assert.Single((await rig.ReadAsync(("Live:ApiKey", null))).Faults), StringComparison.Ordinal);
        Assert.Equal("test", rig.Services.GetRequiredService<LiveClientFactory>().Options.ApiKey);
    }

    [Fact]
    public async Task Key_that_comes_while_the_simulated_server_stands_in_waits_for_a_restart()
    {
        await using var rig = await ReloadRig.StartAsync();
        var simulated = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Live:Endpoint"] = "ws://127.0.0.1:1", ["Live:ApiKey"] = "simulated" };
        Assert.Equal(["Live:ApiKey"], new SettingsSource(rig.File, simulated).StoodInFor().Where(key => key.StartsWith("Live", StringComparison.Ordinal)));
        Assert.Empty(new SettingsSource(rig.File, new Dictionary<string, string?>(StringComparer.Ordinal)).StoodInFor());
    }

    [Fact]
    public async Task Every_setting_as_null_is_taken_or_refused_in_words()
    {
        await using var rig = await ReloadRig.StartAsync();
        var keys = VoiceAgent.Hosting.VoiceAgentSetup.Sections.SelectMany(section => SettingsCheck.SettableProperties(section.Type).Select(property => $"{section.Key}:{property.Name}").Append(section.Key));
        foreach (var key in keys.Append("Agents:Profiles:reception").Append("Telephony:Trunks:office").Append("Telephony:Users:alice").Append("Agents:Profiles:reception:Transfers:sales"))
        {
            var outcome = await rig.ReadAsync((key, "null"), ("Calls:Filler", null));
            Assert.All(outcome.Faults, fault => Assert.DoesNotContain("Object reference", fault, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Password_that_stands_a_step_too_high_is_not_told()
    {
        await using var rig = await ReloadRig.StartAsync();
        Assert.Equal("Telephony:Users:alice is a group or a list, not one value.", Assert.Single((await rig.ReadAsync(("Telephony:Users", """{ "alice": "hunter2" }"""))).Faults));
        Assert.DoesNotContain(rig.Log, line => line.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_names_the_keys_that_changed_and_no_value()
    {
        await using var rig = await ReloadRig.StartAsync();
        await rig.ReadAsync(("Live:Prices", """{ "gemini-4*": { "TextIn": 0.75 } }"""), ("Tools:Http:shop", """{ "AllowedHosts": [ "shop.example" ], "Headers": { "X-Key": "very-secret" }, "Tools": { "find": { "Url": "https://shop.example/orders", "Description": "Finds." } } }"""));

        Assert.Contains(rig.Log, line => line.StartsWith("Information: The configuration was read anew; in use for new calls: Live:Prices:gemini-4*:TextIn, Tools:Http:shop", StringComparison.Ordinal));
        Assert.DoesNotContain(rig.Log, line => line.Contains("very-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once_and_nothing_of_it_is_in_use()
    {
        await using var rig = await ReloadRig.StartAsync();
        var before = rig.Agents.Options;
        var outcome = await rig.ReadAsync(
            ("Calls:MaxCalls", "0"), ("Calls:MaxDuration", "\"soon\""), ("Telefony", "{}"), ("Agents:Profiles:reception:Instructions", "\"You are the second.\""),
            ("Agents:Default", "\"nobody\""), ("Telephony:Trunks:office:Addresses", """[ "here" ]"""));

        Assert.Equal(5, outcome.Faults.Count);
        foreach (var key in new[] { "Calls:MaxCalls = '0'", "Calls:MaxDuration = 'soon'", "Telefony is not a setting", "Agents:Default = 'nobody'", "Telephony:Trunks:office:Addresses:0 = 'here'" })
            Assert.Contains(outcome.Faults, fault => fault.StartsWith(key, StringComparison.Ordinal));
        Assert.Equal((50, before), (rig.Table.MaxCalls, rig.Agents.Options));
        Assert.Contains(rig.Log, line => line.StartsWith("Error: The changed configuration is refused, nothing of it is in use: ", StringComparison.Ordinal));
        Assert.Contains(rig.Services.GetRequiredService<VoiceAgent.Hosting.Readiness>().Complaints, line => line.StartsWith("configuration refused at 2026-01-01", StringComparison.Ordinal) && line.EndsWith(" (4 more)", StringComparison.Ordinal));
        Assert.Empty((await rig.ReadAsync()).Faults);
        Assert.DoesNotContain(rig.Services.GetRequiredService<VoiceAgent.Hosting.Readiness>().Complaints, line => line.StartsWith("configuration", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tools_that_cannot_be_had_keep_everything_else_out_too()
    {
        await using var rig = await ReloadRig.StartAsync();
        var outcome = await rig.ReadAsync(("Calls:MaxCalls", "7"), ("Agents:Profiles:reception:Tools", """[ "crn" ]"""));

        Assert.StartsWith("Agents:Profiles:reception:Tools:0 = 'crn' is no tool", Assert.Single(outcome.Faults), StringComparison.Ordinal);
        Assert.Equal(50, rig.Table.MaxCalls);
        Assert.Equal(["Calls:MaxCalls"], (await rig.ReadAsync(("Calls:MaxCalls", "7"))).Changed);
    }

    [Fact]
    public async Task Thirty_calls_go_on_while_the_configuration_changes_well_and_badly()
    {
        await using var rig = await ReloadRig.StartAsync();
        var lines = Enumerable.Range(0, 30).Select(i => new VirtualLine(VirtualLine.Somebody with { CallId = $"call{i}", SipCallId = $"sip{i}" }) { KeepsHeard = false }).ToList();
        lines.ForEach(line => rig.Services.GetRequiredService<InboundCalls>().OnCallOffered(line.Call));
        await UntilAsync(() => lines.TrueForAll(line => line.IsAnswered));

        for (var i = 0; i < 6; i++)
        {
            var isGood = i % 2 == 1;
            var outcome = await rig.ReadAsync(("Calls:MaxCalls", isGood ? $"{1 + i}" : "0"), ("Live:Voice", "\"Puck\""), ("Telephony:Trunks", "{}"), ("Agents:Profiles:reception:Greeting", $"\"Hello {i}.\""));
            Assert.Equal(isGood, outcome.IsTaken);
            for (var frame = 0; frame < 5; frame++)
            {
                rig.Clock.Advance(TimeSpan.FromMilliseconds(VirtualLine.FrameMs));
                lines.ForEach(line => line.Tick());
            }
        }
        Assert.All(lines, line => Assert.Null(line.End));
        Assert.Equal((30, 30), (rig.Table.Count, rig.Live.Sessions.Count));
        Assert.False(rig.Table.HasRoom);
        lines.ForEach(line => line.HangUp());
        await rig.Table.WhenEmpty().WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (var i = 0; !isSo(); i++)
        {
            Assert.True(i < 10_000, "It never came to that.");
            await Task.Delay(1);
        }
    }
}
