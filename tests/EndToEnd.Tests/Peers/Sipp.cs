using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace EndToEnd.Tests.Peers;

/// <summary>What a sipp run is to do; the rest is a usual phone's.</summary>
/// <param name="Scenario">Name of a file in <c>Peers/Scenarios</c>, without its extension.</param>
/// <param name="Target">Where the far side listens.</param>
internal sealed record SippRun(string Scenario, IPEndPoint Target)
{
    /// <summary>The scenario itself, instead of a file; empty for the file.</summary>
    public string Script { get; init; } = "";

    /// <summary>The port that it sends from and listens to; 0 for any.</summary>
    public int Port { get; init; }

    /// <summary>sipp's -t: u1 is UDP, t1 one TCP connection for all calls, tn one for each.</summary>
    public string Transport { get; init; } = "u1";

    /// <summary>Whether something between sipp and the target makes TLS of its TCP, so that its messages must say so.</summary>
    public bool IsTls { get; init; }

    public string Codec { get; init; } = "PCMU";

    /// <summary>Port of the media of each call; one call for each. sipp itself listens to none of them.</summary>
    public IReadOnlyList<int> MediaPorts { get; init; } = [9];   // discard: nobody listens, for calls whose audio is of no interest

    /// <summary>Calls begun each second.</summary>
    public int CallsPerSecond { get; init; } = 10;

    /// <summary>How long a call stays after the answer.</summary>
    public TimeSpan Stay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The user it calls, or registers as.</summary>
    public string Service { get; init; } = "agent";

    /// <summary>What it answers challenges with.</summary>
    public (string User, string Password)? Login { get; init; }

    /// <summary>Raw G.711 that a scenario with an RTP stream of sipp's own plays.</summary>
    public byte[]? Speech { get; init; }
}

/// <summary>What came of a sipp run.</summary>
internal sealed record SippResult(int? ExitCode, int Successful, int Failed, string Errors, string Log, string Messages)
{
    private const string Received = "message received";

    /// <summary>How many messages came that begin like this; of responses, to requests of one method only if given.</summary>
    public int CountReceived(string start, string method = "") =>
        Messages.Split("-----------------------------------------------").Count(message =>
            message.Contains(Received, StringComparison.Ordinal) &&
            message.Contains("\n" + start, StringComparison.Ordinal) &&
            (method.Length == 0 || message.Split('\n').Any(line => line.StartsWith("CSeq:", StringComparison.OrdinalIgnoreCase) && line.Contains(method, StringComparison.Ordinal))));

    /// <summary>Time between the first messages received that begin like these.</summary>
    public TimeSpan TimeBetween(string first, string second) => ReceivedAt(second) - ReceivedAt(first);

    /// <summary>Longest time that a call was without its answer: from its first INVITE to its first 200.</summary>
    public TimeSpan LongestSetup => Messages.Split("-----------------------------------------------")
        .Where(message => message.Contains("\nINVITE ", StringComparison.Ordinal) || (message.Contains("\nSIP/2.0 200", StringComparison.Ordinal) && message.Contains(" INVITE", StringComparison.Ordinal)))
        .GroupBy(message => message.Split('\n').First(line => line.StartsWith("Call-ID:", StringComparison.OrdinalIgnoreCase)).Trim(), StringComparer.Ordinal)
        .Where(call => call.Any(message => message.Contains("\nSIP/2.0 200", StringComparison.Ordinal)))
        .Select(call => At(call.First(message => message.Contains("\nSIP/2.0 200", StringComparison.Ordinal))) - At(call.First())).DefaultIfEmpty().Max();

    // Each is headed by "----------------------------------------------- 2026-01-31 12:00:00.123456".
    private DateTime ReceivedAt(string start)
    {
        var message = Messages.Split("-----------------------------------------------").First(message =>
            message.Contains(Received, StringComparison.Ordinal) && message.Contains("\n" + start, StringComparison.Ordinal));
        return At(message);
    }

    private static DateTime At(string message) => DateTime.Parse(message.TrimStart().Split('\n')[0].Trim(), CultureInfo.InvariantCulture);

    /// <summary>Fails the test with sipp's own words unless every call went as the scenario says.</summary>
    public SippResult MustSucceed(int calls = 1)
    {
        Assert.True(ExitCode == 0 && Successful == calls && Failed == 0,
            $"sipp: exit code {ExitCode?.ToString() ?? "none, it was killed"}, {Successful} of {calls} calls successful, {Failed} failed.\n{Errors}\nLast messages:\n{Messages[Math.Max(0, Messages.Length - 4000)..]}");
        return this;
    }
}

/// <summary>Runs sipp, the scripted caller that most SIP servers are tested with, as a child process.</summary>
internal static class Sipp
{
    public const string Missing = "sipp is not installed (apt-get install sip-tester).";

    private const int MaxLogCharacters = 1 << 20;

    public static bool IsInstalled { get; } = PeerProcess.Exists("sipp");

    /// <summary>Runs it to its end.</summary>
    /// <param name="run">What it does.</param>
    /// <param name="stop">Kills it before, with whatever calls it has.</param>
    public static async Task<SippResult> RunAsync(SippRun run, CancellationToken stop = default)
    {
        using var folder = new PeerFolder("sipp");
        if (run.Speech is not null)
            await File.WriteAllBytesAsync(folder.File("say.raw"), run.Speech, stop);
        await File.WriteAllLinesAsync(folder.File("calls.csv"), ["SEQUENTIAL", .. run.MediaPorts.Select(port => port.ToString(CultureInfo.InvariantCulture) + ";")], stop);

        var scenario = run.Script.Length > 0 ? run.Script : await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Peers", "Scenarios", run.Scenario + ".xml"), stop);
        await File.WriteAllTextAsync(folder.File("scenario.xml"), run.IsTls ? scenario.Replace("[transport]", "TLS", StringComparison.Ordinal) : scenario, stop);

        await using var process = PeerProcess.Start("sipp", folder.Path, Arguments(run));
        var exitCode = await process.WaitForExitAsync(run.Limit + TimeSpan.FromSeconds(5), stop);
        var (successful, failed) = ReadCounts(folder.File("stat.csv"));
        var errors = folder.Tail("errors.log") + (exitCode is 0 or 1 ? "" : process.Output[Math.Max(0, process.Output.Length - 2000)..]);
        return new SippResult(exitCode, successful, failed, errors, folder.Tail("log.log"), folder.Tail("messages.log", MaxLogCharacters));
    }

    /// <summary>Lets sipp be called once: plays a scenario that begins with an INVITE to it, and echoes what it hears.</summary>
    /// <param name="scenario">As <see cref="SippRun.Scenario"/>.</param>
    /// <param name="port">Where it takes SIP over UDP.</param>
    /// <param name="limit">How long it waits.</param>
    /// <param name="words">Words of the scenario, and what stands in their place.</param>
    public static async Task<SippResult> BeCalledAsync(string scenario, int port, TimeSpan limit, params (string Word, string Value)[] words)
    {
        using var folder = new PeerFolder("sipp");
        var script = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Peers", "Scenarios", scenario + ".xml"));
        await File.WriteAllTextAsync(folder.File("scenario.xml"), words.Aggregate(script, (text, one) => text.Replace(one.Word, one.Value, StringComparison.Ordinal)));
        await using var process = PeerProcess.Start("sipp", folder.Path,
        [
            "-sf", "scenario.xml", "-i", "127.0.0.1", "-p", $"{port}", "-mi", "127.0.0.1", "-mp", $"{PeerPorts.Take(4)}", "-rtp_echo", "-m", "1",
            "-nostdin", "-timeout", $"{(int)limit.TotalSeconds}s", "-timeout_error", "-trace_err", "-error_file", "errors.log",
            "-trace_msg", "-message_file", "messages.log", "-trace_stat", "-stf", "stat.csv", "-fd", "1",
        ]);
        var exitCode = await process.WaitForExitAsync(limit + TimeSpan.FromSeconds(5));
        var (successful, failed) = ReadCounts(folder.File("stat.csv"));
        return new SippResult(exitCode, successful, failed, folder.Tail("errors.log"), "", folder.Tail("messages.log", MaxLogCharacters));
    }

    /// <summary>Returns once somebody takes datagrams at each of these ports.</summary>
    public static async Task ListeningAsync(params IReadOnlyList<int> ports)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (ports.Except(IPGlobalProperties.GetIPGlobalProperties().GetActiveUdpListeners().Select(listener => listener.Port)).Any())
            await Task.Delay(20, patience.Token);
    }

    private static IEnumerable<string> Arguments(SippRun run)
    {
        var address = run.Target.Address.ToString();
        var calls = run.MediaPorts.Count.ToString(CultureInfo.InvariantCulture);
        return
        [
            run.Target.ToString(), "-sf", "scenario.xml", "-s", run.Service, "-t", run.Transport, "-max_socket", "1000",
            // Its own media port is bound whether it is used or not; two runs at once must differ in it.
            "-i", address, "-p", $"{(run.Port > 0 ? run.Port : PeerPorts.Take())}", "-mi", address, "-mp", $"{PeerPorts.Take(4)}",
            "-m", calls, "-l", calls, "-r", $"{run.CallsPerSecond}", "-d", $"{(int)run.Stay.TotalMilliseconds}",
            "-inf", "calls.csv", "-key", "codec", run.Codec, "-key", "pt", run.Codec == "PCMA" ? "8" : "0",
            .. run.Login is { } login ? new[] { "-au", login.User, "-ap", login.Password } : [],
            "-nostdin", "-timeout", $"{(int)run.Limit.TotalSeconds}s", "-timeout_error",
            "-trace_err", "-error_file", "errors.log", "-trace_msg", "-message_file", "messages.log",
            "-trace_logs", "-log_file", "log.log", "-trace_stat", "-stf", "stat.csv", "-fd", "1",
        ];
    }

    // Semicolons between columns, a head line, one line per second and one at the end; (C) columns are cumulated.
    private static (int Successful, int Failed) ReadCounts(string path)
    {
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (lines.Length < 2)
            return (0, 0);
        var head = lines[0].Split(';');
        var last = lines[^1].Split(';');
        return (Column("SuccessfulCall(C)"), Column("FailedCall(C)"));

        int Column(string name) => int.TryParse(last[Array.IndexOf(head, name)], CultureInfo.InvariantCulture, out var count) ? count : -1;
    }
}
