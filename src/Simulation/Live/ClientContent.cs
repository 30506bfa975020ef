using System.Text.Json;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>What changes the context in writing: <c>clientContent</c> seeds the history, adds to it, or asks for an answer; <c>contextUpdate</c> changes the frame.</summary>
/// <remarks>Owned by the session's loop.</remarks>
internal sealed class ClientContent(SessionState session, ClientInput input, SessionRecord record)
{
    /// <summary>Takes the message.</summary>
    /// <returns>The close that answers a fault, or null.</returns>
    public async ValueTask<CloseReason?> OnContentAsync(JsonElement content)
    {
        var turns = content.GetElements("turns").ToList();
        var isComplete = content.GetBool("turnComplete");
        if (Check(turns, isComplete, session.Setup!.Traits) is { } fault)
            return CloseReason.Invalid(fault);
        var text = string.Join('\n', turns.SelectMany(turn => turn.GetElements("parts")).Select(part => part.GetText("text")));
        if (!input.AwaitsHistory && isComplete)
        {
            await input.OnTextAsync(text, interrupts: true);
            return null;
        }
        record.Add(SessionEventKind.TextReceived, text);
        session.Conversation!.Context.AddText(text);
        input.AwaitsHistory &= !isComplete;
        return null;
    }

    /// <summary>Takes a <c>contextUpdate</c>: new instructions or tools for the running session.</summary>
    /// <returns>The close that answers a fault, or null.</returns>
    public CloseReason? OnContextUpdate(JsonElement update)
    {
        var traits = session.Setup!.Traits;
        if (!traits.TakesContextUpdate)
            return CloseReason.Invalid("Invalid JSON payload received. Unknown name \"contextUpdate\": Cannot find field.");
        if (update.Has("tools"))
            session.Tools.BlockingFunctions = SessionSetup.ReadBlockingFunctions(update.Get("tools").GetElements("tools"), traits);
        return null;
    }

    private static string? Check(List<JsonElement> turns, bool isComplete, ModelTraits traits)
    {
        if (turns.Exists(turn => turn.GetText("role") is not ("user" or "model") && (turn.Has("role") || traits.NeedsRoles)))
            return "Please use a valid role: user, model.";
        var mayEndWithModel = !traits.NeedsUserLast || (traits.IsVertex && !isComplete);
        return turns.Count > 0 && turns[^1].GetText("role") == "model" && !mayEndWithModel
            ? "Please ensure that multiturn requests end with a user turn."
            : null;
    }
}
