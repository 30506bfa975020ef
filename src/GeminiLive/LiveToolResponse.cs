using System.Text.Json;

namespace GeminiLive;

/// <summary>The result of one function call, on its way to the model through <see cref="LiveInput.Respond"/>.</summary>
/// <param name="Id">As in <see cref="LiveToolCall.Id"/>.</param>
/// <param name="Name">As in <see cref="LiveToolCall.Name"/>.</param>
/// <param name="Response">An object, <c>{"output":...}</c> or <c>{"error":...}</c>; anything else is sent as the output.</param>
/// <param name="Scheduling">When the model shall speak of it; for functions that it does not wait for. Left out for models that have none.</param>
/// <param name="WillContinue">True when more results of this call follow; null for the only one. A model that takes one result only is sent the last.</param>
public sealed record LiveToolResponse(string? Id, string Name, JsonElement Response, LiveScheduling? Scheduling = null, bool? WillContinue = null)
{
    /// <summary>A result in words.</summary>
    public static LiveToolResponse Output(LiveToolCall call, string output, LiveScheduling? scheduling = null) => Of(call, "output", output, scheduling);

    /// <summary>A failure: a sentence that the model can say, best with whether another try makes sense.</summary>
    public static LiveToolResponse Error(LiveToolCall call, string error) => Of(call, "error", error, scheduling: null);

    private static LiveToolResponse Of(LiveToolCall call, string key, string text, LiveScheduling? scheduling) =>
        new(call.Id, call.Name, JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal) { [key] = text }, LiveJson.Default.DictionaryStringString), scheduling);
}

/// <summary>When the model speaks of a result that it did not wait for.</summary>
public enum LiveScheduling
{
    /// <summary>At once; speech under way is cut.</summary>
    Interrupt,

    /// <summary>After what it is saying.</summary>
    WhenIdle,

    /// <summary>Not at all, unless asked.</summary>
    Silent,
}
