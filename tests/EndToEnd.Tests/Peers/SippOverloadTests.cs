using System.Globalization;
using System.Text.RegularExpressions;
using Simulation.Phone;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>A8: sipp offers ten times the calls that there is room for: the others are refused at once with 503, those that are up stay, and room returns.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed partial class SippOverloadTests
{
    private const int Cap = 10;
    private const int Offered = 10 * Cap;

    [Fact]
    public async Task Calls_beyond_the_cap_are_refused_at_once_and_the_others_live()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(settings: ("Calls:MaxCalls", $"{Cap}"));
        var result = await Sipp.RunAsync(new SippRun("overload", agent.Udp)
        {
            MediaPorts = [.. Enumerable.Repeat(9, Offered)],
            CallsPerSecond = 50,
            Stay = TimeSpan.FromSeconds(4),
        });

        result.MustSucceed(Offered);
        Assert.Equal(Cap, result.CountReceived("SIP/2.0 200", "INVITE"));
        Assert.DoesNotContain("Retry-After", result.Messages, StringComparison.Ordinal);
        var times = RefusalTimesMs(result.Messages);
        TestContext.Current.TestOutputHelper?.WriteLine($"{times.Count} refused, p50 {times[times.Count / 2]:F1} ms, p99 {times[times.Count * 99 / 100]:F1} ms");
        Assert.Equal(Offered - Cap, times.Count);
        Assert.True(times[times.Count / 2] <= 200, $"p50 {times[times.Count / 2]:F1} ms");   // on any machine, sipp's own delays included; the figure is a benchmark's
        Assert.All(await agent.WaitForRecordsAsync(Cap), record => Assert.Equal(EndReason.CallerHungUp, record.EndReason));

        await using var next = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri, AnswerTimeout = TimeSpan.FromSeconds(2) });
        Assert.True(next.WasAnswered, $"{next.End}");
        await next.HangUpAsync();
    }

    [Fact]
    public async Task A_trunk_at_its_cap_is_refused_while_another_one_calls()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(settings:
        [
            ("Telephony:Trunks:small:Addresses:0", "127.0.0.1"),
            ("Telephony:Trunks:small:MaxCalls", "2"),
            ("Telephony:Trunks:other:Addresses:0", "127.0.0.77"),
        ]);
        var small = Sipp.RunAsync(new SippRun("overload", agent.Udp) { MediaPorts = [.. Enumerable.Repeat(9, 6)], CallsPerSecond = 10, Stay = TimeSpan.FromSeconds(3) });
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        await using var other = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri, LocalAddress = System.Net.IPAddress.Parse("127.0.0.77") });
        Assert.True(other.WasAnswered, $"{other.End}");
        await other.HangUpAsync();

        var result = (await small).MustSucceed(6);
        Assert.Equal((2, 4), (result.CountReceived("SIP/2.0 200", "INVITE"), result.CountReceived("SIP/2.0 503", "INVITE")));
        Assert.Equal(["other", "small", "small"], (await agent.WaitForRecordsAsync(3)).Select(record => record.Trunk).Order(StringComparer.Ordinal));
    }

    /// <summary>From each INVITE to its 503 as sipp's log has them, shortest first.</summary>
    private static List<double> RefusalTimesMs(string messages)
    {
        var sent = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        var times = new List<double>();
        foreach (Match message in LoggedMessage().Matches(messages))
        {
            var at = DateTime.Parse(message.Groups["at"].Value, CultureInfo.InvariantCulture);
            var callId = message.Groups["callId"].Value;
            if (message.Groups["start"].Value.StartsWith("INVITE", StringComparison.Ordinal))
                sent.TryAdd(callId, at);
            else if (message.Groups["start"].Value.StartsWith("SIP/2.0 503", StringComparison.Ordinal) && sent.Remove(callId, out var from))
                times.Add((at - from).TotalMilliseconds);
        }
        times.Sort();
        return times;
    }

    [GeneratedRegex(@"-{20,} (?<at>[-0-9]+[ \t][0-9:.]+).*?\n\n(?<start>[^\r\n]+)\r?\n.*?Call-ID: (?<callId>[^\r\n]+)", RegexOptions.Singleline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex LoggedMessage();
}
