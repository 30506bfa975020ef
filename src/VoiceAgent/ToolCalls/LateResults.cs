using System.Text.Json;
using System.Text.Json.Nodes;
using Tools;
using Tools.Invocation;

namespace VoiceAgent.ToolCalls;

/// <summary>Results that the model is told in words, each until its moment has come.</summary>
/// <remarks>Guarded by the lock of its <see cref="ToolBridge"/>, but for <see cref="IsEmpty"/>.</remarks>
internal sealed class LateResults
{
    // The same work that several calls shared is told once.
    private const int MaxKnown = 64;

    private readonly List<LateResult> _waiting = [];
    private readonly Queue<string> _known = [];
    private volatile bool _isEmpty = true;

    /// <summary>True when nothing waits; any thread.</summary>
    public bool IsEmpty => _isEmpty;

    /// <summary>Adds a result; it takes the place of earlier news of its call.</summary>
    /// <returns>False when the same work's result has been told, or will be.</returns>
    public bool Add(ToolAnswer answer, OpenToolCall call)
    {
        _waiting.RemoveAll(waiting => waiting.Call == call);
        if (!answer.WillContinue && _known.Contains(answer.InvocationKey))
            return false;
        if (!answer.WillContinue)
            Know(answer.InvocationKey);
        _waiting.Add(new LateResult(answer, call));
        _isEmpty = false;
        return true;
    }

    /// <summary>Takes those that match, the oldest first.</summary>
    public List<LateResult> Take(Func<LateResult, bool> which, int max)
    {
        var taken = _waiting.Where(which).Take(max).ToList();
        taken.ForEach(result => _waiting.Remove(result));
        _isEmpty = _waiting.Count == 0;
        return taken;
    }

    private void Know(string key)
    {
        _known.Enqueue(key);
        if (_known.Count > MaxKnown)
            _known.Dequeue();
    }
}

/// <summary>A result that is told in words.</summary>
/// <param name="Answer">The result, or news of a run that is not over.</param>
/// <param name="Call">The call that it belongs to.</param>
internal sealed record LateResult(ToolAnswer Answer, OpenToolCall Call)
{
    public ToolScheduling Scheduling => Answer.Scheduling;

    /// <summary>The result as a model reads it to which the call is over.</summary>
    public JsonElement InWords => Answer.WillContinue ? Unfinished(Answer.Response) : Answer.Response;

    private static JsonElement Unfinished(JsonElement response)
    {
        var news = JsonObject.Create(response)!;
        news["finished"] = false;
        return JsonSerializer.SerializeToElement(news, ToolJson.Default.JsonObject);
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class ToolJson : System.Text.Json.Serialization.JsonSerializerContext;
