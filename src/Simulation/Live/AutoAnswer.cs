using Simulation.Prompts;

namespace Simulation.Live;

/// <summary>What the simulated model says when no script tells it: a greeting first, then an answer to everything.</summary>
/// <remarks>Owned by the session's loop.</remarks>
internal sealed class AutoAnswer(Speaker speaker)
{
    // The second answer is long: room to talk into it.
    private static readonly string[] Answers = ["answer-repair", "story", "answer-appointment", "answer-hours"];

    /// <summary>Whether it answers at all; a running script and tests by hand switch it off.</summary>
    public bool IsEnabled { get; set; }

    /// <summary>The conversation it answers in.</summary>
    public Conversation? Conversation { get; set; }

    public ValueTask OnUtteranceAsync()
    {
        if (!IsEnabled)
            return ValueTask.CompletedTask;
        Conversation!.HasBegun = true;
        return SayAsync(Answers[Conversation.NextAnswer++ % Answers.Length]);
    }

    /// <summary>The first text of a conversation asks for the greeting, unless it is a digit; every other one is acknowledged.</summary>
    public ValueTask OnTextAsync(string text)
    {
        if (!IsEnabled)
            return ValueTask.CompletedTask;
        var isGreeting = !Conversation!.HasBegun && !text.Contains("DTMF", StringComparison.OrdinalIgnoreCase);
        Conversation.HasBegun = true;
        return SayAsync(isGreeting ? "greeting" : "acknowledgement");
    }

    /// <summary>Speaks about what tools have brought.</summary>
    public ValueTask OnToolResultAsync() => IsEnabled ? SayAsync("result") : ValueTask.CompletedTask;

    private ValueTask SayAsync(string prompt) => speaker.SayAsync(SimulatedSpeech.Of(PromptLibrary.Get(prompt)));
}
