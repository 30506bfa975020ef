using System.Globalization;
using GeminiLive;

namespace VoiceAgent.Commands;

/// <summary>One agent at one place: a real session, told in plain words.</summary>
internal sealed class TargetCheck(LiveClientFactory live, LiveSessionConfig config, LiveTarget target, TextWriter output) : ILiveListener
{
    private const string Prompt = "Say hello in one short sentence.";

    private readonly TaskCompletionSource<bool> _firstAudio = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Connects, sets up, and if wished lets the model speak.</summary>
    /// <returns>Whether everything was accepted.</returns>
    public async Task<bool> RunAsync(bool speaks, CancellationToken cancellation)
    {
        await SayAsync($"  {target.Name}: {target.Model} at {target.Endpoint.Authority} ({target.Backend} {target.ApiVersion})");
        await TellWhatIsLeftOutAsync();
        await using var client = live.Create(config with { Targets = [target] }, this, live.CreateUplink(), "check");
        var result = await client.ConnectAsync(cancellation);
        if (result.Failure is { } failure)
        {
            await SayAsync($"    REFUSED: {failure.Explain(target)}.");
            await SayAsync(failure.Code is { } code ? $"    The service's answer: {Kind(code)} {code}{Quoted(failure)}" : $"    The service gave no answer{Quoted(failure)}");
            return false;
        }
        await SayAsync($"    accepted after {Ms(result.SetupTime)}: {string.Join(", ", target.SetupFields(config))}");
        return !speaks || await SpeakAsync(client, cancellation);
    }

    void ILiveListener.OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn) => _firstAudio.TrySetResult(true);

    void ILiveListener.OnInterrupted()
    {
        // Nobody speaks into it.
    }

    void ILiveListener.OnEvent(LiveEvent liveEvent)
    {
        if (liveEvent is LiveFailed)
            _firstAudio.TrySetResult(false);
    }

    private async Task<bool> SpeakAsync(LiveClient client, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        client.SendText(Prompt, expectsAnswer: true);
        await Task.WhenAny(_firstAudio.Task, Task.Delay(live.Options.TurnTimeout, cancellation));
        var speaks = _firstAudio.Task is { IsCompletedSuccessfully: true, Result: true };
        await SayAsync(speaks
            ? $"    speaks: first sound {Ms(TimeProvider.System.GetElapsedTime(start))} after the question"
            : $"    SILENT: no sound within {live.Options.TurnTimeout.TotalSeconds:0.#} s; the model hears but does not speak, so try another model or voice");
        return speaks;
    }

    private async Task TellWhatIsLeftOutAsync()
    {
        var left = target.LeftOut(config);
        if (left.Count > 0)
            await SayAsync($"    left out, since {target.Model} does not have it: {string.Join(", ", left)}");
    }

    private static string Quoted(LiveFailure failure) => failure.Detail.Length > 0 ? $", \"{failure.Detail}\"" : "";

    private static string Kind(int code) => code < 1_000 ? "HTTP" : "close";

    private static string Ms(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms");

    private Task SayAsync(string line) => output.WriteLineAsync(line);
}
