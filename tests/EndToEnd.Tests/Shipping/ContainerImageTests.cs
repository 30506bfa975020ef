using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EndToEnd.Tests.Shipping;

/// <summary>The container image: what its Dockerfile promises, and that its steps make a program that starts as the image would start it.</summary>
public sealed class ContainerImageTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Dockerfile _dockerfile = Dockerfile.Read();

    [Fact]
    public void Image_is_small_and_runs_as_nobody_special()
    {
        Assert.EndsWith("-chiseled", _dockerfile.Image.Base, StringComparison.Ordinal);
        Assert.True(int.Parse(_dockerfile.Image.Only("USER"), System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Equal("SIGTERM", _dockerfile.Image.Only("STOPSIGNAL"));
        Assert.DoesNotContain(_dockerfile.Image.Instructions, instruction => instruction.Word == "RUN");   // there is no shell in it
        Assert.Contains("/app/data", _dockerfile.Image.Only("VOLUME"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steps_of_the_build_make_a_program_that_starts_answers_its_health_check_and_stops()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the image is Linux");
        using var build = new ImageBuild();
        await build.RunAsync(_dockerfile);
        Assert.True(File.Exists(Path.Combine(build.WorkingFolder, "libopus.so.0")), "libopus is not beside the program");
        Assert.False(Directory.Exists(Path.Combine(build.WorkingFolder, "config", "systemd")), "what is for the host is in the image");
        var user = _dockerfile.Image.Only("USER");
        GiveAway(build, user);
        var before = Files(build.Root);

        var port = FreePort();
        using var service = Start(build, [.. Words("ENTRYPOINT"), .. Words("CMD")], user, port);
        var output = service.StandardOutput.ReadToEndAsync();
        var errors = service.StandardError.ReadToEndAsync();
        await UntilHealthyAsync(build, user, port, service);
        Assert.Equal(0, await RunAsync(build, [.. HealthCheck(), "--ready"], user, port));
        using (var kill = Process.Start("kill", ["-TERM", $"{service.Id}"]))
            await kill.WaitForExitAsync();
        await service.WaitForExitAsync().WaitAsync(Limit);

        Assert.True(service.ExitCode == 0, await output + await errors);
        Assert.All(Files(build.Root).Except(before), file => Assert.StartsWith("app/data/", file, StringComparison.Ordinal));
    }

    private string[] Words(string instruction) => JsonSerializer.Deserialize<string[]>(_dockerfile.Image.Only(instruction))!;

    private string[] HealthCheck()
    {
        var check = _dockerfile.Image.Only("HEALTHCHECK");
        return JsonSerializer.Deserialize<string[]>(check[check.IndexOf('[', StringComparison.Ordinal)..])!;
    }

    // Everything belongs to root, as in an image, but what --chown names. Where the test is not root the program runs as whoever runs the test.
    private static void GiveAway(ImageBuild build, string user)
    {
        if (Environment.UserName != "root")
            return;
        foreach (var folder in build.Owned)
            Run("chown", "-R", $"{user}:{user}", folder);
        for (var folder = build.WorkingFolder; folder.Length > Path.GetTempPath().Length; folder = Path.GetDirectoryName(folder)!)
            Run("chmod", "a+rx", folder);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private Process Start(ImageBuild build, string[] command, string user, int port)
    {
        string[] asUser = Environment.UserName == "root" ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", "--no-new-privs"] : [];
        command = [.. asUser, .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = build.WorkingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment =
            {
                ["HOME"] = "/nonexistent",
                ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
                ["Telephony__Listen__0"] = "udp://127.0.0.1:0",
                ["Telephony__Listen__1"] = "tcp://127.0.0.1:0",
                ["Http__Listen"] = $"http://127.0.0.1:{port}",
            },
        };
        foreach (var variable in _dockerfile.Image.Instructions.Where(instruction => instruction.Word == "ENV").Select(instruction => instruction.Arguments.Split('=', 2)))
            start.Environment[variable[0]] = variable[1];
        start.Environment.Remove("GEMINI_API_KEY");
        start.Environment.Remove("GOOGLE_API_KEY");
        return Process.Start(start)!;
    }

    private async Task<int> RunAsync(ImageBuild build, string[] command, string user, int port)
    {
        using var process = Start(build, command, user, port);
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync()).WaitAsync(Limit);
        return process.ExitCode;
    }

    private async Task UntilHealthyAsync(ImageBuild build, string user, int port, Process service)
    {
        var started = Stopwatch.GetTimestamp();
        while (await RunAsync(build, HealthCheck(), user, port) != 0)
        {
            Assert.False(service.HasExited, "the service has ended by itself");
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, "the service does not become healthy");
            await Task.Delay(200);
        }
    }

    private static HashSet<string> Files(string root) =>
        [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file))];

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
