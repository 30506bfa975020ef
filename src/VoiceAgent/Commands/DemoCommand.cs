using System.CommandLine;
using Simulation.Live;
using Simulation.Phone;
using Telephony;
using Tools.Ledger;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;
using VoiceAgent.Hosting.Configuration;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent demo</c>: the service, a simulated Live server and a scripted caller in one process, over real sockets.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var folder = new Option<DirectoryInfo>("--out") { Description = "Folder for caller-and-agent.wav, call.json and shop.db.", DefaultValueFactory = _ => new DirectoryInfo("demo-out") };
        var command = new Command("demo", "Let a scripted caller talk to the agent: no key, no phone, no network.") { folder };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetRequiredValue(folder), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(DirectoryInfo folder, CancellationToken cancellation)
    {
        var shop = new DemoShop(folder);
        await using var live = await SimulatedLive.StartAsync(new SimulatedLiveOptions { Script = DemoConversation.AgentScript(shop.Start) }, TimeProvider.System, cancellationToken: cancellation);
        using var printer = new DemoPrinter();
        await using var app = VoiceAgentHost.Build(ConfigurationFile.Find(null), Settings(live.Endpoint, shop), services => services.AddSingleton<ICallObserver>(printer));
        await app.StartAsync(cancellation);

        var target = $"sip:{DemoConversation.Number}@{app.Services.GetRequiredService<TelephonyService>().ListenEndPoints[0].EndPoint}";
        Console.WriteLine($"A caller dials {target}; the agent speaks through a simulated Live server. Times in seconds since dialling.");
        Console.WriteLine();
        printer.Dial();
        var options = new CallerOptions { TargetUri = target, OnEvent = printer.Print, SpeechHangover = DemoConversation.LongestPause };
        await using var caller = await SimulatedCaller.CallAsync(options, cancellation);
        var conversation = new DemoConversation(caller, live.Sessions is [.., var session] ? session : null);
        if (caller.WasAnswered)
            await conversation.RunAsync();
        var booked = await shop.FindAppointmentAsync(cancellation);
        var entries = await app.Services.GetRequiredService<IToolLedger>().ListAsync(new LedgerQuery(), cancellation);   // nobody else has called
        await app.StopAsync(cancellation);
        printer.Flush();

        var recording = Path.Combine(folder.FullName, "caller-and-agent.wav");
        caller.WriteStereoWav(recording);
        conversation.CheckShop(printer.Record, booked, entries);
        var checks = conversation.Checks(printer.Record);
        await WriteRecordAsync(Path.Combine(folder.FullName, "call.json"), printer.Record, cancellation);
        return Report(checks, conversation.Latencies(), conversation.Kept, recording);
    }

    // Free ports on loopback, and none of what a configured service may carry.
    private static Dictionary<string, string?> Settings(Uri live, DemoShop shop) => new(shop.Settings(), StringComparer.OrdinalIgnoreCase)
    {
        ["Telephony:Listen:0"] = "udp://127.0.0.1:0",
        ["Telephony:Listen:1"] = "tcp://127.0.0.1:0",
        ["Telephony:PublicAddress"] = "",
        ["Live:Backend"] = "DeveloperApi",
        ["Live:ApiVersion"] = "",
        ["Live:EphemeralToken"] = "",
        ["Live:Endpoint"] = live.ToString(),
        ["Live:ApiKey"] = "demo",
        ["Http:Listen"] = "http://127.0.0.1:0",
        ["Records:MaskDigits"] = "false",   // the key that the script presses is shown
        ["Logging:LogLevel:Default"] = "Warning",
    };

    private static Task WriteRecordAsync(string path, CallRecord? record, CancellationToken cancellation) =>
        record is null ? Task.CompletedTask : File.WriteAllTextAsync(path, RecordFile.ToJson(record), cancellation);

    private static int Report(IReadOnlyList<DemoCheck> checks, IEnumerable<string> latencies, IEnumerable<string> kept, string recording)
    {
        Console.WriteLine();
        foreach (var line in kept)
            Console.WriteLine($"        {line}");
        Console.WriteLine();
        foreach (var latency in latencies)
            Console.WriteLine($"        {latency}");
        Console.WriteLine();
        foreach (var check in checks)
            Console.WriteLine($"{(check.Passed ? "  ok  " : "FAILED")}  {check.What}");
        Console.WriteLine();
        Console.WriteLine($"Listen to {recording} (caller left, agent right); the record lies beside it as call.json.");
        return checks.All(check => check.Passed) ? 0 : 1;
    }
}
