using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Telephony.Audio;

namespace EndToEnd.Tests;

/// <summary>The program as people start it, in a process of its own.</summary>
public sealed class ProgramTests
{
    [Theory]
    [InlineData("Calls__Apology__en", "missing.wav", "Calls:Apology:en")]
    [InlineData("Calls__MaxCals", "5", "MaxCals")]
    public async Task A_wrong_setting_fails_the_start_and_names_the_key(string variable, string value, string named)
    {
        var (exitCode, output, _) = await ProgramRun.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal)
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

    // The configuration is a pipe: the program stands still where it begins to read it.
    [Fact]
    public async Task A_signal_to_read_anew_that_comes_before_anything_was_read_ends_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGHUP.");
        var folder = Directory.CreateTempSubdirectory("pipe");
        var pipe = Path.Combine(folder.FullName, "appsettings.json");
        using (var make = Process.Start("mkfifo", [pipe]))
            await make.WaitForExitAsync();
        using var service = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "voiceagent.dll"), "run", "--config", pipe]) { RedirectStandardError = true, UseShellExecute = false })!;
        try
        {
            var errors = service.StandardError.ReadToEndAsync();
            await SignalWhileItReadsAsync(service, pipe);
            await UntilItEndsAsync(service, pipe);
            Assert.Equal(2, service.ExitCode);
            Assert.Contains("voiceagent cannot start", await errors, StringComparison.Ordinal);
        }
        finally
        {
            service.Kill();   // nothing, if it has ended
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task All_wrong_settings_are_named_at_once()
    {
        var (exitCode, output, _) = await ProgramRun.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Telephony__Listen__0"] = "udp:/nowhere",
            ["Telephony__Rtp__PortRange"] = "5-1",
            ["Live__Voice"] = "Nobody",
            ["Agents__Default"] = "nobody",
            ["Calls__MaxCalls"] = "0",
            ["Http__Listen"] = "8080",
        }, "run");
        Assert.Equal(2, exitCode);
        Assert.All(["Telephony:Listen:0", "PortRange", "Live:Voice", "Agents:Default", "MaxCalls", "Http:Listen"],
            key => Assert.Contains(key, output, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_fails_the_start_and_is_named()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var (exitCode, output, _) = await ProgramRun.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal)
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
            var (exitCode, output, _) = await ProgramRun.RunAsync("call", agent.SipUri, "--dtmf", "4#", "--record", recording, "--seconds", "4");
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

    private static async Task SignalWhileItReadsAsync(Process service, string pipe)
    {
        await using var writer = Open(pipe);
        for (var started = Stopwatch.StartNew(); !Holds(service, pipe); await Task.Delay(20))
            Assert.True(started.Elapsed < TimeSpan.FromMinutes(1), "It does not read its configuration.");
        using var signal = Process.Start("kill", ["-HUP", $"{service.Id}"]);
        await signal.WaitForExitAsync();
    }

    // Nothing is no JSON, however often it is read.
    private static async Task UntilItEndsAsync(Process service, string pipe)
    {
        var end = service.WaitForExitAsync();
        for (var started = Stopwatch.StartNew(); await Task.WhenAny(end, Task.Delay(50)) != end;)
        {
            Assert.True(started.Elapsed < TimeSpan.FromMinutes(1), "It does not end.");
            await Open(pipe).DisposeAsync();
        }
    }

    // For both, so that it waits for nobody.
    private static FileStream Open(string pipe) => new(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    private static bool Holds(Process process, string path)
    {
        Assert.False(process.HasExited, "It ended by itself.");
        return Directory.EnumerateFiles($"/proc/{process.Id}/fd").Any(file => TargetOf(file) == path);
    }

    private static string? TargetOf(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            return null;   // closed meanwhile
        }
    }
}
