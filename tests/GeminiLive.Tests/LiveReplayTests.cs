using System.Text.Json;

namespace GeminiLive.Tests;

/// <summary>The server's side of whole sessions, told to our client, which has to tell the same story.</summary>
public sealed class LiveReplayTests
{
    // Hand-made after real sessions: a thought, transcripts apart from audio, odd byte counts, a tool call, an update nobody asked for.
    private static readonly string[] Embedded =
    [
        """{"setupComplete":{}}""",
        """{"serverContent":{"inputTranscription":{"text":" Hello"}}}""",
        """{"serverContent":{"inputTranscription":{"text":", my name is Ada."}}}""",
        """{"serverContent":{"modelTurn":{"parts":[{"text":"**Greeting**","thought":true}]}}}""",
        """{"serverContent":{"outputTranscription":{"text":"Hello, Ada."}}}""",
        """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AQAC"}}]}}}""",
        """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAMA"}}]}}}""",
        """{"serverContent":{"generationComplete":true}}""",
        """{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":1197,"responseTokenCount":37,"totalTokenCount":1234}}""",
        """{"toolCall":{"functionCalls":[{"name":"get_weather","args":{"city":"London"},"id":"fc_1"}]}}""",
        """{"sessionResumptionUpdate":{"newHandle":"h","resumable":true}}""",
        """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"BAA="}}]},"outputTranscription":{"text":" Foggy."}}}""",
        """{"serverContent":{"generationComplete":true}}""",
        """{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":482,"responseTokenCount":69,"totalTokenCount":551}}""",
    ];

    public static TheoryData<string> Sessions => [.. Recordings().Select(path => Path.GetFileName(path)!).Prepend("embedded")];

    [Theory, MemberData(nameof(Sessions))]
    public async Task Session_is_retold(string name)
    {
        var messages = name == "embedded" ? Embedded : ServerSide(Recordings().Single(path => Path.GetFileName(path) == name));
        var rig = new LiveRig();
        await using var end = rig;
        var socket = new ScriptedSocket(rig.Pulse) { AnswersSetup = false };
        foreach (var message in messages)
            socket.SaysInPieces(message, 997);
        rig.Plans(socket);
        Assert.True((await rig.Client.ConnectAsync(CancellationToken.None)).IsReady);
        await rig.Settle();

        var expected = messages.Select(message => JsonDocument.Parse(message).RootElement).ToArray();
        Assert.Equal(Transcript(expected, "inputTranscription"), string.Concat(rig.Story.OfType<InputTranscript>().Select(t => t.Text)));
        Assert.Equal(Transcript(expected, "outputTranscription"), string.Concat(rig.Story.OfType<OutputTranscript>().Select(t => t.Text)));
        Assert.Equal(Count(expected, "turnComplete"), rig.Story.OfType<TurnComplete>().Count());
        Assert.Equal(Count(expected, "generationComplete"), rig.Story.OfType<GenerationComplete>().Count());
        Assert.Equal(expected.Count(m => m.TryGetProperty("usageMetadata", out _)) + 1, rig.Story.OfType<UsageReported>().Count());
        Assert.Equal(CallIds(expected), rig.Story.OfType<ToolCallsRequested>().SelectMany(request => request.Calls).Select(call => call.Id));
        Assert.Equal(AudioBytes(expected) / 2, rig.Heard.Count());
        Assert.Equal(Tokens(expected), rig.Story.OfType<UsageReported>().Sum(usage => usage.Prompt.Total + usage.Response.Total + (long)usage.TotalTokens));
        Assert.Equal(AudioTurns(expected), rig.AudioTurns.Distinct().Count());
        Assert.DoesNotContain(rig.Story, what => what is ConnectionLost or LiveFailed);
    }

    private static IEnumerable<string> Recordings()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var recordings = Path.Combine(folder.FullName, "shared", "recordings");
            if (Directory.Exists(recordings))
                return Directory.EnumerateFiles(recordings, "*.jsonl");
        }
        return [];
    }

    private static string[] ServerSide(string path) =>
    [
        .. from line in File.ReadLines(path)
           let entry = JsonDocument.Parse(line).RootElement
           where entry.GetProperty("from").GetString() == "server" && entry.GetProperty("kind").GetString() == "message"
           select entry.GetProperty("message").GetRawText(),
    ];

    private static IEnumerable<JsonElement> Contents(IEnumerable<JsonElement> messages, string key)
    {
        foreach (var message in messages)
        {
            if (message.TryGetProperty("serverContent", out var content) && content.TryGetProperty(key, out var value))
                yield return value;
        }
    }

    private static int Count(IEnumerable<JsonElement> messages, string mark) => Contents(messages, mark).Count(value => value.GetBoolean());

    private static string Transcript(IEnumerable<JsonElement> messages, string key) =>
        string.Concat(Contents(messages, key).Select(value => value.TryGetProperty("text", out var text) ? text.GetString() : ""));

    private static long Tokens(IEnumerable<JsonElement> messages)
    {
        long sum = 0;
        foreach (var message in messages)
        {
            if (!message.TryGetProperty("usageMetadata", out var usage))
                continue;
            sum += usage.GetProperty("totalTokenCount").GetInt32();
            foreach (var name in new[] { "promptTokensDetails", "responseTokensDetails", "candidatesTokensDetails" })
            {
                if (usage.TryGetProperty(name, out var details))
                    sum += details.EnumerateArray().Sum(entry => entry.TryGetProperty("tokenCount", out var count) ? count.GetInt32() : 0);
            }
        }
        return sum;
    }

    /// <summary>Stretches of audio with an end of a generation or a turn between them.</summary>
    private static int AudioTurns(IEnumerable<JsonElement> messages)
    {
        var turns = 0;
        var isOpen = false;
        foreach (var message in messages)
        {
            if (!isOpen && AudioBytes([message]) > 0)
                (isOpen, turns) = (true, turns + 1);
            if (Count([message], "generationComplete") + Count([message], "turnComplete") > 0)
                isOpen = false;
        }
        return turns;
    }

    private static IEnumerable<string?> CallIds(IEnumerable<JsonElement> messages) =>
        from message in messages
        where message.TryGetProperty("toolCall", out _)
        from call in message.GetProperty("toolCall").GetProperty("functionCalls").EnumerateArray()
        select call.GetProperty("id").GetString();

    /// <summary>Whole samples of every generation: an odd last byte of one is no sample of the next.</summary>
    private static int AudioBytes(IEnumerable<JsonElement> messages)
    {
        int total = 0, generation = 0;
        foreach (var message in messages)
        {
            foreach (var turn in Contents([message], "modelTurn"))
            {
                foreach (var part in turn.GetProperty("parts").EnumerateArray())
                    generation += part.TryGetProperty("inlineData", out var data) ? data.GetProperty("data").GetBytesFromBase64().Length : 0;
            }
            if (Count([message], "generationComplete") > 0)
                (total, generation) = (total + (generation & ~1), 0);
        }
        return total + (generation & ~1);
    }
}
