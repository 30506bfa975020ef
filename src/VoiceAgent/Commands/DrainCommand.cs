using System.CommandLine;
using System.Net;
using VoiceAgent.Hosting;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent drain</c>: has the running service take no new calls, waits for the running ones, and leaves it running; <c>--resume</c> takes it back.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var resume = new Option<bool>("--resume") { Description = "Take calls again." };
        var wait = new Option<double>("--wait") { Description = "Seconds to wait for the running calls; 0 waits for none.", DefaultValueFactory = _ => 0 };
        var file = new Option<string?>("--config") { Description = "Configuration file of the service; its Http section says where and with which key to ask." };
        var command = new Command("drain", "Have the running service take no new calls: exit code 0 once none runs, 1 when some still do.") { resume, wait, file };
        command.SetAction((parsed, cancellation) => RunAsync(
            RunningService.ReadOptions(parsed.GetValue(file)), parsed.GetValue(resume), TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(wait), 0, 86_400)),
            parsed.InvocationConfiguration.Output, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(HttpOptions options, bool resume, TimeSpan wait, TextWriter output, CancellationToken cancellation)
    {
        using var http = RunningService.Connect(options, Patience);
        try
        {
            var calls = await AskAsync(http, HttpMethod.Post, resume ? "/resume" : "/drain", cancellation);
            if (resume)
                return await TellAsync(output, "takes calls", 0);
            for (var end = DateTimeOffset.UtcNow + wait; calls > 0 && DateTimeOffset.UtcNow < end; calls = await AskAsync(http, HttpMethod.Get, "/drain", cancellation))
                await Task.Delay(LookInterval, cancellation);
            return await TellAsync(output, $"takes no new calls, {calls} running", calls == 0 ? 0 : 1);
        }
        catch (Exception refused) when (refused is HttpRequestException or TaskCanceledException or FormatException)
        {
            var isKeyWanted = refused is HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.NotFound };
            return await TellAsync(output, isKeyWanted ? "The service wants its Http:ApiKey, which this configuration has not." : $"The service does not answer at {http.BaseAddress}: {refused.Message}", 2);
        }
    }

    // Each answer is the number of calls that run.
    private static async Task<int> AskAsync(HttpClient http, HttpMethod method, string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await http.SendAsync(request, cancellation);
        return int.Parse((await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellation)).Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<int> TellAsync(TextWriter output, string text, int exitCode)
    {
        await output.WriteLineAsync(text);
        return exitCode;
    }
}
