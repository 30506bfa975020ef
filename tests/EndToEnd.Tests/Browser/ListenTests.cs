using System.Buffers.Binary;
using System.Net;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Simulation.Live;
using Support;

namespace EndToEnd.Tests.Browser;

/// <summary>Listening to a running call from the console: both sides, each on its own, for those who may; the call is as it was.</summary>
public sealed class ListenTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static (string, string?)[] Settings => 
    [
        .. ConsoleVisitor.Users, ("Live:SignTimeout", "00:00:30"), ("Live:TurnTimeout", "00:01:00"), ("Calls:Filler", ""), ("Agents:Profiles:reception:Greeting", ""),
        ("Agents:Profiles:reception:BargeIn", "Server"), ("Agents:Profiles:reception:EchoGate", "false"),   // both sides speak at once
    ];

    [Fact]
    public async Task Both_sides_are_heard_each_on_its_own_and_the_record_says_by_whom()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, Settings);
        using var anna = await ConsoleVisitor.EnterAsync(agent, "anna");
        await using var caller = await ConversationTests.Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        var id = await IdOfCallAsync(anna);
        using var socket = await anna.OpenAsync($"calls/{id}/listen");
        caller.Say(Tone.Sine(8_000, 700, 12_000), 8_000);
        await session.SayAsync(Tone.Sine(24_000, 1_000, 36_000));
        var (left, right) = await HearAsync(socket, pairs: 40_000);
        Assert.InRange(Loudest(left, 700), 9_000, 10_500);
        Assert.InRange(Loudest(left, 1_000), 0, 500);
        Assert.InRange(Loudest(right, 1_000), 9_000, 10_500);
        Assert.InRange(Loudest(right, 700), 0, 500);

        using (await anna.PostAsync("sign-out", "{}"))
            Assert.Contains("You were signed out.", await WordsAsync(socket), StringComparison.Ordinal);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        await caller.WaitUntilSaidAsync(Soon);
        await Task.Delay(300);
        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(["anna at the console listens in", "anna at the console has stopped listening"],
            record.Timeline.Where(entry => entry.Text.StartsWith("anna", StringComparison.Ordinal)).Select(entry => entry.Text));
        Assert.Equal(0, record.Media!.PacketsLost);
    }

    [Fact]
    public async Task Who_may_not_listen_hears_nothing_and_who_takes_too_little_is_told_what_was_lost()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, [.. Settings, ("Console:MaxListeners", "1")]);
        using var olga = await ConsoleVisitor.EnterAsync(agent, "olga");
        using var anna = await ConsoleVisitor.EnterAsync(agent, "anna");
        await using var caller = await ConversationTests.Dial(agent);
        var id = await IdOfCallAsync(anna);
        using var socket = await anna.OpenAsync($"calls/{id}/listen");
        var got = 0;
        while (got < 16_000)
            got += (await ReceiveAsync(socket)).Pcm.Length / 2;
        var wait = Task.Delay(3_000);   // who is two seconds late goes on with what is said now
        Assert.Equal(HttpStatusCode.Forbidden, await olga.RefusalAsync($"calls/{id}/listen"));
        Assert.Equal(HttpStatusCode.Forbidden, await anna.RefusalAsync($"calls/{id}/listen", "http://evil.example"));
        Assert.Equal(HttpStatusCode.NotFound, await anna.RefusalAsync("calls/other/listen"));
        using (var second = await anna.OpenAsync($"calls/{id}/listen"))
            Assert.Contains("Only 1 may listen", (await ReceiveAsync(second)).Text, StringComparison.Ordinal);
        await wait;
        await TellAsync(socket, got);
        for (var (deadline, isTold) = (DateTimeOffset.UtcNow + Soon, false); !isTold; Assert.True(DateTimeOffset.UtcNow < deadline))
        {
            var message = await ReceiveAsync(socket);
            got += message.Pcm.Length / 2;
            if (message.Pcm.Length > 0)
                await TellAsync(socket, got);
            isTold = message.Text.Contains("lostMs", StringComparison.Ordinal);
            if (isTold)
                Assert.InRange(JsonElement.Parse(message.Text).GetProperty("lostMs").GetDouble(), 1_300, 60_000);   // all but the last 600 ms
        }
        await caller.HangUpAsync();
        string text;
        do
        {
            var message = await ReceiveAsync(socket);
            (text, got) = (message.Text, got + message.Pcm.Length / 2);
            if (message.Pcm.Length > 0)
                await TellAsync(socket, got);
        }
        while (!text.Contains("\"end\"", StringComparison.Ordinal));
        Assert.Single(await agent.WaitForRecordsAsync(1));
    }

    private static async Task<string> IdOfCallAsync(ConsoleVisitor visitor)
    {
        for (var end = DateTimeOffset.UtcNow + Soon; ; await Task.Delay(100))
        {
            using var state = JsonDocument.Parse(await visitor.Http.GetStringAsync("/console/api/state"));
            if (state.RootElement.GetProperty("calls").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } call && call.GetProperty("state").GetString() == "Listening")
                return call.GetProperty("callId").GetString()!;
            Assert.True(DateTimeOffset.UtcNow < end, "There is no call.");
        }
    }

    private static async Task<(short[] Left, short[] Right)> HearAsync(ClientWebSocket socket, int pairs)
    {
        var heard = new List<short>();
        while (heard.Count < 2 * pairs)
        {
            heard.AddRange((await ReceiveAsync(socket)).Pcm);
            await TellAsync(socket, heard.Count / 2);
        }
        return ([.. heard.Where((_, i) => i % 2 == 0)], [.. heard.Where((_, i) => i % 2 == 1)]);
    }

    private static async Task<string> WordsAsync(ClientWebSocket socket)
    {
        while (true)
        {
            if (await ReceiveAsync(socket) is { Text.Length: > 0 } message)
                return message.Text;
        }
    }

    private static async Task TellAsync(ClientWebSocket socket, int taken)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(count, taken);
        await socket.SendAsync(count, WebSocketMessageType.Binary, true, CancellationToken.None);
    }

    private static async Task<(short[] Pcm, string Text)> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        using var limit = new CancellationTokenSource(Soon);
        var message = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
        var body = buffer.AsSpan(0, message.Count);
        return message.MessageType == WebSocketMessageType.Binary ? (MemoryMarshal.Cast<byte, short>(body).ToArray(), "") : ([], System.Text.Encoding.UTF8.GetString(body));
    }

    // Loudest 100 ms of a frequency.
    private static double Loudest(short[] pcm, double frequencyHz) =>
        Enumerable.Range(0, pcm.Length / 800 - 1).Max(at => Tone.Amplitude(pcm.AsSpan(at * 800, 1_600), 16_000, frequencyHz));
}
