using Simulation.Prompts;

namespace Simulation.Live.Scripts;

/// <summary>How far a speech must have come before the next step.</summary>
internal enum SayUntil
{
    Started,
    Generated,
    Ended,
}

/// <summary>Says something: a prompt, a file, or a tone; whole or cut off, with an ordinary end or a faulty one.</summary>
internal sealed record SayStep(string Name, ReadOnlyMemory<short> Pcm, string Transcript) : ScriptStep
{
    private static readonly string[] Kinds = ["prompt", "wav", "tone"];

    /// <summary>When the script goes on.</summary>
    public SayUntil Until { get; init; } = SayUntil.Ended;

    /// <summary>What the model says at the end.</summary>
    public SpeechEnding Ending { get; init; }

    /// <summary>Whether more of the interaction follows, where the model tells so.</summary>
    public bool IsInProgress { get; init; }

    public override bool Waits => Until == SayUntil.Ended;

    /// <summary>Reads the step; a fault goes to the reader.</summary>
    public static SayStep Read(ScriptReader reader)
    {
        var until = reader.OneOf("until", SayUntil.Ended);
        return Cut(ReadSpeech(reader), reader.Number("cutAfterMs", 0, 3_600_000, 0)) with
        {
            Until = until,
            Ending = reader.OneOf("ends", SpeechEnding.Turn),
            IsInProgress = reader.Flag("inProgress", fallback: false),
        };
    }

    public override async Task<bool> RunAsync(ScriptRun run)
    {
        var speech = await run.Session.SayAsync(new SimulatedSpeech(Name, Pcm, Transcript) { Ending = Ending, IsInProgress = IsInProgress });

        // All three come at the latest with the end of the connection.
        await (Until switch
        {
            SayUntil.Started => speech.Started,
            SayUntil.Generated => speech.Generated,
            _ => speech.Ended,
        });
        return true;
    }

    private static SayStep ReadSpeech(ScriptReader reader)
    {
        if (Kinds.Count(reader.Has) != 1)
            reader.Fail("exactly one of \"prompt\", \"wav\", \"tone\" is needed");
        if (reader.Has("wav"))
            return new SayStep(reader.Text("wav"), SpokenAudio.ReadWav(reader), reader.Text("transcript", ""));
        if (reader.Has("tone"))
            return new SayStep("tone", SpokenAudio.ReadTone(reader.Object("tone")), reader.Text("transcript", ""));
        if (PromptLibrary.TryGet(reader.Text("prompt", ""), out var prompt))
            return new SayStep(prompt.Name, prompt.Pcm, reader.Text("transcript", prompt.Transcript));
        reader.Fail($"\"prompt\" is \"{reader.Text("prompt", "")}\"; it must be one of {string.Join(", ", PromptLibrary.All.Select(p => p.Name))}");
        return new SayStep("", default, "");
    }

    // The words end with the audio, in the middle of a word too.
    private static SayStep Cut(SayStep step, int afterMs)
    {
        var samples = PromptLibrary.SampleRateHz / 1_000 * afterMs;
        if (afterMs == 0 || samples >= step.Pcm.Length)
            return step;
        return step with { Pcm = step.Pcm[..samples], Transcript = step.Transcript[..(int)((long)step.Transcript.Length * samples / step.Pcm.Length)] };
    }
}
