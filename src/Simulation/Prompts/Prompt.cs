namespace Simulation.Prompts;

/// <summary>One spoken sentence the simulated model can say, with the text that is spoken.</summary>
/// <param name="Name">Name in <c>prompts.tsv</c>, for example <c>greeting</c>.</param>
/// <param name="Transcript">The words.</param>
/// <param name="Pcm">Mono PCM16 at <see cref="PromptLibrary.SampleRateHz"/>.</param>
public sealed record Prompt(string Name, string Transcript, ReadOnlyMemory<short> Pcm)
{
    /// <summary>How long the prompt sounds.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Pcm.Length / PromptLibrary.SampleRateHz);
}
