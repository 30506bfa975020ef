using Telephony.Sip.Ladders;
using VoiceAgent.Calls;
using VoiceAgent.Records;
using static VoiceAgent.Records.PlainWords;

namespace VoiceAgent.Commands;

/// <summary>Writes what <c>voiceagent calls show</c> and <c>explain</c> say of one call.</summary>
internal static class CallPage
{
    /// <summary>Its figures, what was said, and every step.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> WriteAsync(CallArchive archive, string id, bool isJson, TextWriter output, CancellationToken cancellation) =>
        WriteAsync(archive, id, output, call => isJson ? [call.Json] : call.Record is { } record ? Page(call.Summary, record) : [NotRead], cancellation);

    /// <summary>What happened, in plain words.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> ExplainAsync(CallArchive archive, string id, TextWriter output, CancellationToken cancellation) =>
        WriteAsync(archive, id, output, call => call.Record is { } record ? CallExplanation.Of(record) : [NotRead], cancellation);

    private const string NotRead = "Another version of this program has written this record; --json shows it as it is.";

    private static async Task<int> WriteAsync(CallArchive archive, string id, TextWriter output, Func<StoredCall, IEnumerable<string>> lines, CancellationToken cancellation)
    {
        if (await archive.GetAsync(id, cancellation) is not { } call)
        {
            await output.WriteLineAsync($"There is no call {id}; see voiceagent calls list.");
            return 1;
        }
        foreach (var line in lines(call))
            await output.WriteLineAsync(line);
        return 0;
    }

    private static IEnumerable<string> Page(CallSummary summary, CallRecord record)
    {
        yield return $"Call {record.CallId} on {summary.Instance} (Call-ID {record.SipCallId})";
        foreach (var line in CallExplanation.Of(record))
            yield return $"  {line}";
        yield return "";
        yield return "What was said:";
        foreach (var turn in record.Transcript)
            yield return $"  {At(turn.AtMs),8}  {turn.Speaker,-6}  {Words(turn)}";
        yield return "";
        yield return "Every step:";
        foreach (var entry in record.Timeline)
            yield return $"  {At(entry.AtMs),8}  {entry.Kind,-12}  {entry.Text}";
        if (record.Ladder is not { Count: > 0 } ladder)
            yield break;
        yield return "";
        yield return "SIP:";
        foreach (var line in LadderText.Write(ladder).TrimEnd('\n').Split('\n'))
            yield return $"  {line}";
    }

    private static string Words(TranscriptTurn turn) => turn switch
    {
        { Heard: { } heard } => $"{heard} [not heard: {turn.Unheard ?? "the rest"}]",
        { Interrupted: true } => $"{turn.Text} ...",
        _ => turn.Text,
    };
}
