using System.CommandLine;
using VoiceAgent.Hosting;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent health</c>: asks the running service how it is; for health checks of containers, which have neither shell nor curl.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var ready = new Option<bool>("--ready") { Description = "Ask whether it would take a call, and not only whether it runs." };
        var file = new Option<string?>("--config") { Description = "Configuration file of the service; its Http section says where to ask." };
        var command = new Command("health", "Ask the running service how it is; exit code 0 when it is well.") { ready, file };
        command.SetAction((parsed, cancellation) => RunAsync(
            RunningService.ReadOptions(parsed.GetValue(file)), parsed.GetValue(ready), parsed.InvocationConfiguration.Output, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(HttpOptions options, bool ready, TextWriter output, CancellationToken cancellation)
    {
        using var http = RunningService.Connect(options, Patience);
        try
        {
            using var answer = await http.GetAsync(new Uri(ready ? "/health/ready" : "/health/live", UriKind.Relative), cancellation);
            await output.WriteAsync(await answer.Content.ReadAsStringAsync(cancellation));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception nobody) when (nobody is HttpRequestException or TaskCanceledException)
        {
            await output.WriteLineAsync($"no answer at {http.BaseAddress}: {nobody.Message}");
            return 1;
        }
    }
}
