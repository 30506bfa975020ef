using Simulation.Prompts;

namespace Simulation.Live;

/// <summary>How a speech of the simulated model ended.</summary>
public enum SpeechOutcome
{
    /// <summary>All of it was sent and its playing time is over.</summary>
    Completed,

    /// <summary>The caller cut in, or the speech was dropped before it began.</summary>
    Interrupted,

    /// <summary>The connection ended first.</summary>
    ConnectionLost,
}

/// <summary>What the model says at the end of a speech.</summary>
internal enum SpeechEnding
{
    /// <summary><c>generationComplete</c>, and <c>turnComplete</c> when a listener has heard it all.</summary>
    Turn,

    /// <summary>Both at once, as if nobody had to listen.</summary>
    Early,

    /// <summary><c>generationComplete</c> only: the turn never completes.</summary>
    Generation,

    /// <summary>Nothing at all.</summary>
    Nothing,
}

/// <summary>One generation of the simulated model: audio and words, handed to a session and followed through these tasks.</summary>
/// <remarks>Owned by the session's loop; the tasks may be awaited anywhere.</remarks>
public sealed class SimulatedSpeech
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _generated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<SpeechOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal SimulatedSpeech(string name, ReadOnlyMemory<short> pcm, string transcript)
    {
        Name = name;
        Pcm = pcm;
        Transcript = transcript;
    }

    /// <summary>Name of the prompt, or what else is spoken.</summary>
    public string Name { get; }

    /// <summary>Mono PCM16 at 24 kHz.</summary>
    public ReadOnlyMemory<short> Pcm { get; }

    /// <summary>The words, as the output transcription brings them.</summary>
    public string Transcript { get; }

    /// <summary>How the turn ends.</summary>
    internal SpeechEnding Ending { get; init; }

    /// <summary>Whether more of the interaction follows, where the model tells so.</summary>
    internal bool IsInProgress { get; init; }

    /// <summary>Done when the first chunk was sent, or when it never will be.</summary>
    public Task Started => _started.Task;

    /// <summary>Done when all audio was sent, or when it never will be.</summary>
    public Task Generated => _generated.Task;

    /// <summary>Done when the turn is over: at the end of the playing time, or when it was cut.</summary>
    public Task<SpeechOutcome> Ended => _ended.Task;

    /// <summary>Bytes of audio sent so far.</summary>
    internal int SentBytes { get; set; }

    /// <summary>Chunks sent so far.</summary>
    internal int SentChunks { get; set; }

    /// <summary>Characters of <see cref="Transcript"/> sent so far.</summary>
    internal int SentCharacters { get; set; }

    /// <summary>When the first or the next chunk is due, on the server's clock.</summary>
    internal long NextChunkAt { get; set; }

    /// <summary>When a listener who plays in real time has heard everything that was sent.</summary>
    internal long PlayedAt { get; set; }

    internal int TotalBytes => sizeof(short) * Pcm.Length;

    internal bool IsGenerated => SentBytes == TotalBytes;

    internal static SimulatedSpeech Of(Prompt prompt) => new(prompt.Name, prompt.Pcm, prompt.Transcript);

    internal void MarkStarted() => _started.TrySetResult();

    internal void MarkGenerated() => _generated.TrySetResult();

    internal void End(SpeechOutcome outcome)
    {
        _started.TrySetResult();
        _generated.TrySetResult();
        _ended.TrySetResult(outcome);
    }

    /// <summary>The next words to send: their share of the audio sent, cut at a blank.</summary>
    internal string NextWords()
    {
        var rest = Transcript.AsSpan(SentCharacters);
        if (!IsGenerated)
        {
            var share = (int)((long)Transcript.Length * SentBytes / TotalBytes) - SentCharacters;
            var blank = share <= 0 ? -1 : rest[..Math.Min(share, rest.Length)].LastIndexOf(' ');
            rest = rest[..Math.Max(blank, 0)];
        }
        SentCharacters += rest.Length;
        return rest.ToString();
    }
}
