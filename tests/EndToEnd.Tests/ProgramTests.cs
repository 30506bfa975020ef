using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Support;
using Telephony.Audio;

namespace EndToEnd.Tests;

/// <summary>The program as people start it, in a process of its own.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task Demo_plays_a_whole_call_and_leaves_a_recording_and_a_record()
    {
        var folder = Directory.CreateTempSubdirectory("voiceagent-demo");
        try
        {
            var (exitCode, output, elapsed) = await RunAsync("demo", "--out", folder.FullName);
            Assert.True(exitCode == 0, output);
            Assert.InRange(elapsed.TotalSeconds, 15, 75);
            Assert.DoesNotContain("FAILED", output, StringComparison.Ordinal);
            Assert.InRange(new FileInfo(Path.Combine(folder.FullName, "caller-and-agent.wav")).Length, 100_000, 3_000_000);
            Assert.Contains("\"endReason\": \"CallerHungUp\"", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "call.json")), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("Telephony__Listen__0", "udp:/nowhere", "Telephony:Listen:0")]
    [InlineData("Telephony__Rtp__PortRange", "5-1", "PortRange")]
    [InlineData("Live__Voice", "Nobody", "Live:Voice")]
    [InlineData("Agents__Default", "nobody", "Agents:Default")]
    [InlineData("Calls__MaxCalls", "0", "MaxCalls")]
    [InlineData("Calls__Apology__en", "missing.wav", "Calls:Apology:en")]
    [InlineData("Calls__MaxCals", "5", "MaxCals")]
    [InlineData("Http__Listen", "8080", "Http:Listen")]
    public async Task A_wrong_setting_fails_the_start_and_names_the_key(string variable, string value, string named)
    {
        var (exitCode, output, _) = await RunAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Telephony__Listen__0"] = "udp://127.0.0.1:0",
            ["Telephony__Listen__1"] = "tcp://127.0.0.1:0",
            ["Http__Listen"] = "http://127.0.0.1:0",
            [variable] = value,
        }, "run");
        Assert.Equal(2, exitCode);
        Assert.Contains(named, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_wrong_settings_are_named_at_once()
    {
        var (_, output, _) = await RunAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Telephony__Listen__0"] = "udp:/nowhere",
            ["Live__Voice"] = "Nobody",
            ["Calls__MaxCalls"] = "0",
        }, "run");
        Assert.Contains("Telephony:Listen:0", output, StringComparison.Ordinal);
        Assert.Contains("Live:Voice", output, StringComparison.Ordinal);
        Assert.Contains("MaxCalls", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_fails_the_start_and_is_named()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var (exitCode, output, _) = await RunAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Telephony__Listen__0"] = $"udp://{taken.LocalEndPoint}",
            ["Telephony__Listen__1"] = "tcp://127.0.0.1:0",
            ["Http__Listen"] = "http://127.0.0.1:0",
        }, "run");
        Assert.Equal(2, exitCode);
        Assert.Contains($"udp://{taken.LocalEndPoint} cannot be listened on", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_call_reaches_the_service_and_says_what_it_heard()
    {
        await using var agent = await AgentUnderTest.StartAsync();
        var recording = Path.GetTempFileName();
        try
        {
            var (exitCode, output, _) = await RunAsync("call", agent.SipUri, "--dtmf", "4#", "--record", recording, "--seconds", "4");
            Assert.True(exitCode == 0, output);
            Assert.Contains("agent speaks", output, StringComparison.Ordinal);
            Assert.InRange(WavFile.Read(recording).Duration.TotalSeconds, 3, 5);
            Assert.Equal("4#", Assert.Single(await agent.WaitForRecordsAsync(1)).Digits);
        }
        finally
        {
            File.Delete(recording);
        }
    }

    private static Task<(int ExitCode, string Output, TimeSpan Elapsed)> RunAsync(params string[] arguments) =>
        RunAsync(new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    private static async Task<(int ExitCode, string Output, TimeSpan Elapsed)> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet")
            {
                WorkingDirectory = Repository.Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        process.StartInfo.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "voiceagent.dll"));
        foreach (var argument in arguments)
            process.StartInfo.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            process.StartInfo.Environment[name] = value;
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill();
            throw new TimeoutException($"voiceagent {string.Join(' ', arguments)} did not end. It said: {await output}{await errors}", late);
        }
        return (process.ExitCode, await output + await errors, Stopwatch.GetElapsedTime(started));
    }
}
