using System.Text.Json;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>What <c>clientContent</c> does: seeds the history in silence, adds to it, or asks for an answer at once.</summary>
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
