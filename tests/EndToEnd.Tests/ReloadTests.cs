using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Simulation.Live;
using Simulation.Phone;
using Support;
using Support.Databases;
using VoiceAgent.Calls;
using VoiceAgent.Commands;

namespace EndToEnd.Tests;

/// <summary>A35: the configuration of a service that has calls is read anew, over HTTP and by SIGHUP; the calls do not notice.</summary>
public sealed class ReloadTests : IDisposable
{
    private const string Key = "a-key-of-sixteen-characters";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);   // a program starts slowly on a machine that is busy

    private readonly TestFolder _folder = new();

    private string SettingsFile => _folder.File("appsettings.json");

    [Fact]
    public async Task Calls_are_not_touched_by_changes_good_and_bad_and_the_next_one_has_the_new_agent()
    {
        Write("reception");
        await using var agent = await AgentUnderTest.StartFromAsync(SettingsFile, new SimulatedLiveOptions { AutoAnswer = false }, ("Http:ApiKey", Key), ("Live:SignTimeout", "00:00:30"), ("Live:TurnTimeout", "00:00:30"));
        List<SimulatedCaller> running = [];
        try
        {
            for (var i = 0; i < 5; i++)
                running.Add(await ConversationTests.Dial(agent));
            for (var i = 0; i < 6; i++)
            {
                Write("sales", i % 2 == 0 ? "0" : $"{10 + i}");
                Assert.Equal(i % 2 == 0 ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.OK, await PostAsync(agent));
            }
            await using var next = await ConversationTests.Dial(agent);
            Assert.Equal(6, agent.RunningCalls);
            foreach (var caller in running.Append(next))
                Assert.Equal(EndedBy.Caller, (await caller.HangUpAsync())?.By);
        }
        finally
        {
            foreach (var caller in running)
                await caller.DisposeAsync();
        }
        var records = await agent.WaitForRecordsAsync(6);
        Assert.Equal(["reception", "reception", "reception", "reception", "reception", "sales"], records.Select(record => record.Agent).Order(StringComparer.Ordinal));
        Assert.All(records, record => Assert.Equal(EndReason.CallerHungUp, record.EndReason));
        Assert.Equal(6, agent.Live.Sessions.Count);
    }

    [Fact]
    public async Task Command_tells_what_became_of_it_and_strangers_are_refused()
    {
        Write("reception");
        await using var agent = await AgentUnderTest.StartFromAsync(SettingsFile, null, ("Http:ApiKey", Key));
        using (var stranger = new HttpClient { BaseAddress = agent.Http })
        using (var answer = await stranger.PostAsync("/reload", null))
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);

        Write("sales", "20");
        // The service looks at the file by itself too, and may have been first.
        var (exitCode, firstLine) = await CommandAsync(agent);
        Assert.Equal(0, exitCode);
        Assert.True(firstLine is "In use for new calls: Calls:MaxCalls, Telephony:Trunks:carrier:Agent" or "No setting has changed that is in use at once.", firstLine);
        Write("sales", "0");
        Assert.Equal((1, "Refused, nothing has changed:"), await CommandAsync(agent));
    }

    [Fact]
    public async Task Signal_has_it_read_anew_and_does_not_end_the_service()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "kill is a Unix command");
        Write("reception");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "voiceagent.dll"), "run", "--config", SettingsFile])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment = { ["Telephony__Listen__0"] = "udp://127.0.0.1:0", ["Http__Listen"] = "http://127.0.0.1:0", ["Calls__DrainGrace"] = "00:00:00" },
        };
        using var service = Process.Start(start)!;
        try
        {
            await SigtermTests.ReadAddressAsync(service).WaitAsync(Limit);
            await KillAsync(service, "-HUP");
            await ReadAsync(service, "was read anew; no setting has changed").WaitAsync(Limit);
            await KillAsync(service, "-TERM");
            await service.WaitForExitAsync().WaitAsync(Limit);
            Assert.Equal(0, service.ExitCode);
        }
        finally
        {
            if (!service.HasExited)
                service.Kill();
        }
    }

    public void Dispose() => _folder.Dispose();

    private static async Task ReadAsync(Process service, string text)
    {
        while (await service.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return;
        }
        Assert.Fail($"The service ended before it said: {text}");
    }

    private static async Task KillAsync(Process service, string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{service.Id}"]);
        await kill.WaitForExitAsync();
    }

    private void Write(string agent, string maxCalls = "10") => File.WriteAllText(SettingsFile, $$"""
        {
          "Agents": { "Profiles": { "reception": { "Greeting": "" }, "sales": { "Greeting": "" } } },
          "Telephony": { "Trunks": { "carrier": { "Addresses": [ "127.0.0.1" ], "Agent": "{{agent}}" } } },
          "Calls": { "MaxCalls": {{maxCalls}}, "Filler": "{{Path.Combine(Repository.Root, "config", "prompts", "filler.wav")}}" }
        }
        """);

    private static async Task<HttpStatusCode> PostAsync(AgentUnderTest agent)
    {
        using var http = new HttpClient { BaseAddress = agent.Http };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var answer = await http.PostAsync("/reload", null);
        return answer.StatusCode;
    }

    private async Task<(int ExitCode, string FirstLine)> CommandAsync(AgentUnderTest agent)
    {
        var file = _folder.File("client.json");
        await File.WriteAllTextAsync(file, $$"""{ "Http": { "Listen": "{{agent.Http}}", "ApiKey": "{{Key}}" } }""");
        await using var output = new StringWriter();
        var exitCode = await ConfigCommand.Create().Parse(["reload", "--config", file]).InvokeAsync(new InvocationConfiguration { Output = output, Error = output }).WaitAsync(Limit);
        return (exitCode, output.ToString().Split('\n')[0].Trim());
    }
}
