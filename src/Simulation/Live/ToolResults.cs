using System.Text.Json;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>What the client's tool responses do: unblock the model, or be spoken about as their scheduling asks.</summary>
/// <remarks>Owned by the session's loop.</remarks>
internal sealed class ToolResults(SessionState session, ClientInput input, SessionRecord record)
{
    private int _waiting;

    /// <summary>Takes a <c>toolResponse</c>.</summary>
    /// <returns>The close that answers a fault, or null.</returns>
    public async ValueTask<CloseReason?> OnResponsesAsync(JsonElement toolResponse)
    {
        foreach (var response in toolResponse.GetElements("functionResponses"))
        {
            if (await OnResponseAsync(response, session.Setup!.Traits) is { } fault)
                return fault;
        }
        return null;
    }

    /// <summary>The user has ended: what waited for it may be said.</summary>
    public async ValueTask OnUserEndedAsync()
    {
        for (; _waiting > 0; _waiting--)
            await session.AutoAnswer.OnToolResultAsync();
    }

    private async ValueTask<CloseReason?> OnResponseAsync(JsonElement response, ModelTraits traits)
    {
        var name = response.GetText("name");
        var id = session.Tools.FindId(response.GetText("id"), traits.NeedsResponseId ? "" : name);
        if ((id.Length == 0 && traits.NeedsResponseId) || !response.Has("response"))
            return CloseReason.Invalid("Request contains an invalid argument: a function response needs an id and a response.");
        if (response.Has("willContinue") && !traits.TakesWillContinue)
            return CloseReason.Invalid("Invalid JSON payload received. Unknown name \"willContinue\" at 'tool_response.function_responses': Cannot find field.");
        var isBlocking = session.Tools.IsBlocking(id);
        var answer = session.Tools.Answer(id, response.GetBool("willContinue") && !isBlocking);
        if (answer == ToolAnswer.Unknown)
            return CloseReason.NotFound;
        record.Add(SessionEventKind.ToolResponseReceived, $"{id} {name}".TrimEnd());
        if (answer == ToolAnswer.Expected)
            await OnResultAsync(response, isBlocking, traits);
        return null;
    }

    private ValueTask OnResultAsync(JsonElement response, bool isBlocking, ModelTraits traits)
    {
        session.Conversation!.Context.AddToolResult(response.GetRawText().Length);
        if (isBlocking)
            return session.Tools.IsBlocked ? ValueTask.CompletedTask : session.AutoAnswer.OnToolResultAsync();
        return ScheduleAsync(traits.HonoursScheduling ? response.GetText("scheduling") : "", traits);
    }

    private async ValueTask ScheduleAsync(string scheduling, ModelTraits traits)
    {
        var interrupts = scheduling == "INTERRUPT";
        if (scheduling == "SILENT" || !session.AutoAnswer.IsEnabled)
            return;
        if (input.IsUserSpeaking && (traits.WaitsForUser || !interrupts))
        {
            _waiting++;
            return;
        }
        if (interrupts && session.Speaker.IsSpeaking)
            await session.Speaker.InterruptAsync();
        await session.AutoAnswer.OnToolResultAsync();
    }
}
