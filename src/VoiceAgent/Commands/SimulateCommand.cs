using System.CommandLine;
using System.Net.Sockets;
using Simulation.Live;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent simulate</c>: the simulated Live server alone, for a service elsewhere or for another client.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var listen = new Option<string>("--listen") { Description = "Address to listen on.", DefaultValueFactory = _ => "ws://127.0.0.1:9090" };
        var script = new Option<FileInfo?>("--script") { Description = "Script in JSON (docs/simulation.md); without one the server answers by itself." };
        var command = new Command("simulate", "Run the simulated Live server.") { listen, script };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetRequiredValue(listen), parsed.GetValue(script), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string address, FileInfo? scriptFile, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var listen) || listen.Scheme != "ws")
        {
            await Console.Error.WriteLineAsync($"--listen '{address}' is not an address to listen on; use ws://ADDRESS:PORT");
            return RunCommand.BadConfiguration;
        }
        LiveScript? script = null;
        if (scriptFile is not null && !LiveScript.TryLoad(scriptFile.FullName, out script, out var error))
        {
            await Console.Error.WriteLineAsync(error);
            return RunCommand.BadConfiguration;
        }
        try
        {
            await using var server = await SimulatedLive.StartAsync(
                new SimulatedLiveOptions { Listen = listen, Script = script, RecordedAudioLimit = TimeSpan.Zero }, TimeProvider.System, cancellationToken: cancellation);
            Console.WriteLine($"Simulated Live server: {server.Endpoint}");
            Console.WriteLine($"Use it with: Live__Endpoint={server.Endpoint} Live__ApiKey=any voiceagent run");
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (SocketException taken)
        {
            await Console.Error.WriteLineAsync($"--listen '{address}' cannot be had: {taken.Message}");
            return RunCommand.BadConfiguration;
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C or SIGTERM is how this command ends.
        }
        return 0;
    }
}
