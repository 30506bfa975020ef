using System.CommandLine;
using System.Net;
using VoiceAgent.Calls;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent dial NUMBER</c>: has the running service make a call, over its HTTP, and follows it to its end.</summary>
internal static class DialCommand
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    public static Command Create()
    {
        var to = new Argument<string>("number") { Description = "Whom to call: a number, or a sip:, sips: or tel: URI that Telephony:Outbound allows." };
        var agent = new Option<string?>("--agent") { Description = "Agent that speaks; the default one when left out." };
        var trunk = new Option<string?>("--trunk") { Description = "Trunk to call by; not needed when there is one." };
        var data = new Option<string[]>("--data") { Description = "KEY=VALUE that the agent is told; several times for several.", AllowMultipleArgumentsPerToken = false };
        var ring = new Option<double?>("--ring") { Description = "Seconds that it may ring." };
        var file = new Option<string?>("--config") { Description = "Configuration file of the service; its Http section says where and with which key to ask." };
        var command = new Command("dial", "Have the running service call somebody.") { to, agent, trunk, data, ring, file };
        command.SetAction((parsed, cancellation) => RunAsync(
            new OutboundOrder
            {
                To = parsed.GetRequiredValue(to),
                Agent = parsed.GetValue(agent),
                Trunk = parsed.GetValue(trunk),
                RingTimeoutSeconds = parsed.GetValue(ring),
                Metadata = (parsed.GetValue(data) ?? []).Select(entry => entry.Split('=', 2)).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair.ElementAtOrDefault(1) ?? ""),
            },
            parsed.GetValue(file), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(OutboundOrder order, string? configurationFile, CancellationToken cancellation)
    {
        var options = RunningService.ReadOptions(configurationFile);
        if (options.ApiKey.Length == 0)
            return await FailAsync("Http:ApiKey is not set; the service makes calls only for those who have its key.");
        using var http = RunningService.Connect(options, Patience);
        try
        {
            // Not cancelled: without the id nobody could end the call.
            using var answer = await http.PostAsJsonAsync("/calls", order, OutboundJson.Default.OutboundOrder, CancellationToken.None);
            if (answer.StatusCode != HttpStatusCode.Created)
                return await FailAsync(await ProblemAsync(answer, CancellationToken.None));
            var call = await answer.Content.ReadFromJsonAsync(OutboundJson.Default.OutboundStatus, CancellationToken.None);
            return await FollowAsync(http, call!, cancellation);
        }
        catch (OperationCanceledException)
        {
            return await FailAsync($"The service at {http.BaseAddress} has not answered within {http.Timeout.TotalSeconds:F0} s.");
        }
        catch (HttpRequestException failure)
        {
            return await FailAsync($"The service does not answer at {http.BaseAddress}: {failure.Message}");
        }
    }

    /// <summary>Prints each step; Ctrl+C ends the call.</summary>
    private static async Task<int> FollowAsync(HttpClient http, OutboundStatus call, CancellationToken cancellation)
    {
        Console.WriteLine($"{call.Id}  calling {call.Number}");
        try
        {
            while (call.State != OutboundState.Ended)
            {
                await Task.Delay(LookInterval, cancellation);
                var now = await http.GetFromJsonAsync($"/calls/{call.Id}", OutboundJson.Default.OutboundStatus, cancellation) ?? call;
                if (now.State != call.State && now.State != OutboundState.Ended)
                    Console.WriteLine($"{now.Id}  {now.State}");
                call = now;
            }
        }
        catch (OperationCanceledException)
        {
            using var ended = await http.DeleteAsync($"/calls/{call.Id}", CancellationToken.None);
            Console.WriteLine($"{call.Id}  ended by you");
            return 1;
        }
        Console.WriteLine($"{call.Id}  {call.Result}{(call.SipStatus is { } status ? $" ({status})" : "")}, {call.EndReason}, {(call.DurationMs ?? 0) / 1000:F1} s");
        return call.Result == DialResult.Answered ? 0 : 1;
    }

    private static async Task<string> ProblemAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/json")
            return $"The service answers {(int)answer.StatusCode}. Was it started with Http:ApiKey?";
        var problem = await answer.Content.ReadFromJsonAsync(OutboundJson.Default.OutboundProblem, cancellation);
        return $"{problem!.Message} ({(int)answer.StatusCode} {problem.Error})";
    }

    private static async Task<int> FailAsync(string problem)
    {
        await Console.Error.WriteLineAsync(problem);
        return RunCommand.BadConfiguration;
    }
}
