using System.Text.Json;

namespace Simulation.Live.Scripts;

/// <summary>The steps for what goes wrong in the field, and for content that the model sends rarely.</summary>
internal static class FaultSteps
{
    private const int MaxKilobytes = 16_384;
    private const int MaxChunkBytes = 1 << 20;

    /// <summary>Verb, and how its keys are read.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ScriptReader, ScriptStep>>> All { get; } = new Dictionary<string, Func<ScriptReader, ScriptStep>>(StringComparer.Ordinal)
    {
        ["mute"] = ReadMute,
        ["unmute"] = _ => Do(session => session.Speaker.IsMute = session.Speaker.IsMutedByInterruption = false),
        ["ignoreText"] = r => Set(r.Number("times", 1, 1_000, 1), (session, times) => session.Input.IgnoredTexts = times),
        ["refuseAudioDuringCalls"] = _ => Do(session => session.Input.RefusesAudioDuringCalls = true),
        ["chunks"] = r => Set(r.Numbers("bytes", 1, MaxChunkBytes), (session, sizes) => session.Speaker.ChunkBytes = sizes),
        ["freeze"] = r => new FreezeStep(r.Has("ms") ? TimeSpan.FromMilliseconds(r.Number("ms", 1, 3_600_000)) : null),
        ["endTurn"] = ReadEndTurn,
        ["flag"] = r => Send(ServerMessages.Flag, r.OneOf("name", fallback: null, "interrupted", "generationComplete", "waitingForInput")),
        ["thought"] = ReadThought,
        ["text"] = r => Send(ScriptedContent.TextPart, (r.Text("text"), false)),
        ["outputTranscript"] = r => Send(ScriptedContent.OutputTranscription, r.Text("text")),
        ["grounding"] = r => Send(ScriptedContent.WriteGrounding, new ScriptedContent.Grounding(r.Texts("queries"), ReadSources(r))),
        ["handle"] = r => Send(ScriptedContent.Handle, (r.Text("handle", ""), r.Flag("resumable", fallback: true))),
        ["huge"] = r => Send(ScriptedContent.Huge, 1_024 * r.Number("kilobytes", 1, MaxKilobytes)),
    };

    private static ActStep Do(Action<SessionState> change) => new(session => session.RunAsync(() =>
    {
        change(session.State);
        return ValueTask.CompletedTask;
    }));

    private static ActStep Set<T>(T value, Action<SessionState, T> change) => Do(session => change(session, value));

    private static ActStep Send<TState>(Action<Utf8JsonWriter, TState> write, TState state) => new(session => session.SendAsync(write, state));

    private static ActStep ReadMute(ScriptReader reader)
    {
        var isNow = reader.OneOf("from", "now", "now", "interruption") == "now";
        return Do(session =>
        {
            session.Speaker.IsMute |= isNow;
            session.Speaker.IsMutedByInterruption = !isNow;
        });
    }

    private static ActStep ReadEndTurn(ScriptReader reader)
    {
        var end = new TurnEnd(Usage: null, Traits: null!)
        {
            Reason = reader.Text("reason", ""),
            WaitsForInput = reader.Flag("waitingForInput", fallback: false),
            InteractionStatus = reader.Text("interactionStatus", ""),
        };
        var hasUsage = reader.Flag("usage", fallback: true);
        return new ActStep(session => session.RunAsync(() =>
        {
            var counted = session.State.Speaker.Accounts.Close();
            return session.State.Speaker.Accounts.SendAsync(end with { Usage = hasUsage ? counted.Usage : null, Traits = counted.Traits });
        }));
    }

    private static ActStep ReadThought(ScriptReader reader)
    {
        var text = reader.Text("text");
        var tokens = reader.Number("tokens", 0, 1_000_000, text.Length / 4);
        return new ActStep(session => session.RunAsync(() =>
        {
            session.State.Speaker.Accounts.AddThoughts(tokens);
            return session.State.SendAsync(ScriptedContent.TextPart, (text, true));
        }));
    }

    private static List<ScriptedContent.Source> ReadSources(ScriptReader reader) => reader.Objects("sources").Select(source =>
    {
        var read = new ScriptedContent.Source(source.Text("uri"), source.Text("title", ""));
        source.RefuseUnknownKeys();
        return read;
    }).ToList();
}

/// <summary>Makes the connection half-open, for a time or for good.</summary>
internal sealed record FreezeStep(TimeSpan? Time) : ScriptStep
{
    public override bool Waits => Time is not null;

    public override async Task<bool> RunAsync(ScriptRun run)
    {
        await run.Session.FreezeAsync();
        if (Time is not { } time)
            return false;
        await run.DelayAsync(time);
        await run.Session.ThawAsync();
        return true;
    }
}
