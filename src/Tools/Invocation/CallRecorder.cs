using System.Text.Json;

namespace Tools.Invocation;

/// <summary>Tells the record of a phone call what became of each call of the model, without what must not be written down.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class CallRecorder(ToolServices services, IToolCallsListener listener)
{
    private const int MaxResultChars = 2000;

    /// <summary>A call has come.</summary>
    public void Begin(PendingCall call)
    {
        // Half of a JSON text has no keys by which secrets are found; so what is too long is left out whole.
        var arguments = call.Request.ArgumentsJson;
        call.Arguments = arguments.Length > PreparedCall.MaxArgumentChars ? "" : services.Redaction.Apply(arguments.Length == 0 ? "{}" : arguments);
        listener.OnInvocation(Of(call));
    }

    /// <summary>A tool reports before its end.</summary>
    public void News(PendingCall call, JsonElement news) => listener.OnInvocation(Of(call) with { Note = $"News: {Written(news)}" });

    /// <summary>A call was answered, or has ended without an answer; its last record.</summary>
    public void End(PendingCall call, WorkEnd end)
    {
        var endedAt = call.IsRepetition ? null : call.Work?.EndedAt;
        listener.OnInvocation(Of(call) with
        {
            DurationMs = Ms(call, endedAt ?? services.Time.GetTimestamp()),
            ResultBytes = end.ResultBytes,
            Result = Written(end.Response),
            Scheduling = call.IsBlocking ? null : end.Scheduling ?? call.Tool!.Policy.Scheduling,
            Outcome = end.Outcome,
            DuplicateOf = call.IsRepetition ? call.Work!.Key : null,
            Note = end.Note,
        });
    }

    private ToolInvocation Of(PendingCall call) => new()
    {
        Key = call.Key,
        RequestId = call.Request.Id,
        Tool = call.Tool?.Name ?? ToolWords.Shorten(call.Request.Name, 64),
        Arguments = call.Arguments,
        RequestedAt = call.RequestedAt,
        StartedAfterMs = !call.IsRepetition && call.Work?.StartedAt is { } startedAt ? Ms(call, startedAt) : null,
        Behavior = call.IsBlocking ? ToolBehavior.Blocking : ToolBehavior.NonBlocking,
        Scheduling = call.IsBlocking ? null : call.Tool!.Policy.Scheduling,
        Attempts = call.IsRepetition ? 0 : call.Work?.Attempts ?? 0,
    };

    private double Ms(PendingCall call, long at) => services.Time.GetElapsedTime(call.RequestedAt, at).TotalMilliseconds;

    private string Written(JsonElement response) => ToolWords.Shorten(services.Redaction.Apply(response.GetRawText()), MaxResultChars);
}
