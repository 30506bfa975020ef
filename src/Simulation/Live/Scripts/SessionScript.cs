namespace Simulation.Live.Scripts;

/// <summary>The steps for one connection, and what becomes of it after the last.</summary>
/// <param name="Steps">In order.</param>
/// <param name="AnswersAfterwards">Whether the default answers take over after the last step.</param>
internal sealed record SessionScript(IReadOnlyList<ScriptStep> Steps, bool AnswersAfterwards)
{
    /// <summary>Whether a step decides about the setup; otherwise it is accepted before the first step.</summary>
    public bool HoldsSetup => Steps.Any(step => step is AcceptSetupStep or IgnoreSetupStep or CloseStep { IsSetupRefusal: true });

    /// <summary>Whether the script brings the caller's words itself.</summary>
    public bool HasTranscripts => Steps.Any(step => step is TranscriptStep);

    public static SessionScript Read(ScriptReader reader)
    {
        var answers = reader.OneOf("afterwards", "answer", "answer", "silent") == "answer";
        var steps = reader.Objects("steps").Select(StepCatalog.Read).ToList();
        reader.RefuseUnknownKeys();
        CheckRepeats(reader, steps);
        return new SessionScript(steps, answers);
    }

    private static void CheckRepeats(ScriptReader reader, List<ScriptStep> steps)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i] is not RepeatStep repeat)
                continue;
            if (repeat.From >= i)
                reader.Fail($"steps[{i}] (repeat): \"from\" is {repeat.From}; it must name an earlier step");
            else if (repeat.Times is null && !steps[repeat.From..i].Exists(step => step.Waits))
                reader.Fail($"steps[{i}] (repeat): without \"times\" a step in between must wait");
        }
    }
}
