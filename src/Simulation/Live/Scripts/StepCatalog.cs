using System.Text;

namespace Simulation.Live.Scripts;

/// <summary>The table of steps: verb, and how its keys are read.</summary>
internal static class StepCatalog
{
    private const int MaxMs = 3_600_000;
    private const int DefaultTimeoutMs = 30_000;

    private static readonly Dictionary<string, Func<ScriptReader, ScriptStep>> Steps = new(FaultSteps.All, StringComparer.Ordinal)
    {
        ["acceptSetup"] = _ => new AcceptSetupStep(),
        ["refuseSetup"] = r => ReadClose(r, isSetupRefusal: true),
        ["ignoreSetup"] = _ => new IgnoreSetupStep(),
        ["waitForSpeech"] = ReadWaitForSpeech,
        ["waitForText"] = ReadWaitForText,
        ["waitForToolResponse"] = ReadWaitForToolResponse,
        ["say"] = SayStep.Read,
        ["transcript"] = r => new TranscriptStep(r.Text("text")),
        ["callTool"] = r => new CallToolsStep([ReadCall(r)]),
        ["callTools"] = ReadCallTools,
        ["cancelTool"] = ReadCancelTool,
        ["interrupt"] = _ => new ActStep(session => session.InterruptAsync()),
        ["sendStale"] = ReadSendStale,
        ["slowFirstByte"] = ReadSlowFirstByte,
        ["stall"] = r => new PauseStep(ReadMs(r), Stalls: true),
        ["wait"] = r => new PauseStep(ReadMs(r), Stalls: false),
        ["goAway"] = ReadGoAway,
        ["close"] = r => ReadClose(r, isSetupRefusal: false),
        ["abort"] = _ => new AbortStep(),
        ["garbage"] = ReadGarbage,
        ["repeat"] = r => new RepeatStep(r.Number("from", 0, 10_000, 0), r.Has("times") ? r.Number("times", 1, 1_000_000) : null),
    };

    /// <summary>Every verb.</summary>
    public static IReadOnlyCollection<string> Verbs => Steps.Keys;

    /// <summary>Reads one step; a fault goes to the reader.</summary>
    public static ScriptStep Read(ScriptReader reader)
    {
        var verb = reader.Text("do");
        reader.Place += $" ({verb})";
        if (!Steps.TryGetValue(verb, out var read))
        {
            reader.Fail($"\"do\" is \"{verb}\"; it must be one of {string.Join(", ", Steps.Keys)}");
            return new IgnoreSetupStep();
        }
        var step = read(reader);
        step.Verb = verb;
        reader.RefuseUnknownKeys();
        return step;
    }

    private static TimeSpan ReadMs(ScriptReader reader) => TimeSpan.FromMilliseconds(reader.Number("ms", 1, MaxMs));

    private static TimeSpan ReadTimeout(ScriptReader reader) => TimeSpan.FromMilliseconds(reader.Number("timeoutMs", 1, MaxMs, DefaultTimeoutMs));

    private static WaitStep ReadWaitForSpeech(ScriptReader reader)
    {
        var edge = reader.OneOf("edge", "end", "start", "end");
        var kind = edge == "start" ? SessionEventKind.SpeechStarted : SessionEventKind.SpeechEnded;
        return new WaitStep(kind, _ => true, $"the {edge} of the caller's speech", ReadTimeout(reader));
    }

    private static WaitStep ReadWaitForText(ScriptReader reader)
    {
        var part = reader.Text("contains", "");
        return new WaitStep(SessionEventKind.TextReceived, e => e.Text.Contains(part, StringComparison.OrdinalIgnoreCase),
            part.Length == 0 ? "a text" : $"a text with \"{part}\"", ReadTimeout(reader));
    }

    private static WaitStep ReadWaitForToolResponse(ScriptReader reader)
    {
        var id = reader.Text("id", "");
        var name = reader.Text("name", "");
        return new WaitStep(SessionEventKind.ToolResponseReceived, e => Answers(e.Text.Split(' '), id, name),
            $"the response to tool call {id}{name}", ReadTimeout(reader));
    }

    private static bool Answers(string[] idAndName, string id, string name) =>
        (id.Length == 0 || idAndName[0] == id) && (name.Length == 0 || idAndName[^1] == name);

    private static CallToolsStep ReadCallTools(ScriptReader reader)
    {
        var calls = reader.Objects("calls").Select(call =>
        {
            var read = ReadCall(call);
            call.RefuseUnknownKeys();
            return read;
        }).ToList();
        if (calls.Count == 0)
            reader.Fail("\"calls\" must hold at least one call");
        return new CallToolsStep(calls);
    }

    private static FunctionCall ReadCall(ScriptReader reader) => new(reader.Text("name"), reader.Json("args"), reader.Has("id") ? reader.Text("id") : null);

    private static ActStep ReadCancelTool(ScriptReader reader)
    {
        var id = reader.Has("id") ? reader.Text("id") : null;
        return new ActStep(session => session.CancelToolAsync(id));
    }

    private static ActStep ReadSendStale(ScriptReader reader)
    {
        var ms = reader.Number("ms", 1, 60_000);
        return new ActStep(session => session.RunAsync(() =>
        {
            session.State.Speaker.StaleMs = ms;
            return ValueTask.CompletedTask;
        }));
    }

    private static ActStep ReadSlowFirstByte(ScriptReader reader)
    {
        var delay = ReadMs(reader);
        return new ActStep(session => session.RunAsync(() =>
        {
            session.State.Speaker.DelayFirstByte(delay);
            return ValueTask.CompletedTask;
        }));
    }

    private static ActStep ReadGoAway(ScriptReader reader)
    {
        var timeLeft = TimeSpan.FromMilliseconds(reader.Number("timeLeftMs", 0, MaxMs));
        var closes = reader.Flag("closes", fallback: true);
        return new ActStep(session => session.GoAwayAsync(timeLeft, closes));
    }

    private static CloseStep ReadClose(ScriptReader reader, bool isSetupRefusal)
    {
        var code = reader.Number("code", 1_000, 4_999);
        if (code is 1_004 or 1_005 or 1_006 or (> 1_014 and < 3_000))
            reader.Fail($"\"code\" is {code}, which no close frame may carry (RFC 6455 section 7.4); for 1006 use \"abort\"");
        return new CloseStep(code, reader.Text("reason", ""), isSetupRefusal);
    }

    private static ActStep ReadGarbage(ScriptReader reader)
    {
        if (reader.Has("text") == reader.Has("base64"))
            reader.Fail("exactly one of \"text\", \"base64\" is needed");
        var isBinary = reader.Has("base64");
        var bytes = isBinary ? ReadBase64(reader) : Encoding.UTF8.GetBytes(reader.Text("text", ""));
        return new ActStep(session => session.SendRawAsync(bytes, isBinary));
    }

    private static byte[] ReadBase64(ScriptReader reader)
    {
        var text = reader.Text("base64");
        var bytes = new byte[text.Length];
        if (Convert.TryFromBase64String(text, bytes, out var length))
            return bytes[..length];
        reader.Fail("\"base64\" is not base64");
        return [];
    }
}
