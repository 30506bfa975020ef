using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Telephony.Calls;

namespace VoiceAgent.WebConsole.Talk;

/// <summary>One talk's WebSocket: microphone -> line, line -> loudspeaker, and what happens in between as text. Its end is the call's.</summary>
/// <remarks>
/// One loop receives and one sends. The page counts what of the agent's audio has left its buffer, played or thrown away, and says so with every frame of the microphone: no more than
/// <see cref="MostAhead"/> is on its way, so that what counts as heard is heard soon.
/// </remarks>
internal sealed class TalkSocket(PageSocket socket, FrameLine line, TalkFeed feed, Func<bool> isSignedIn, TimeProvider time)
{
    /// <summary>Bytes of a frame's head: the page's count of samples, little-endian.</summary>
    public const int HeadBytes = sizeof(uint);

    /// <summary>Samples of the agent that may be on their way to the page, or wait in its buffer: half a second.</summary>
    public const int MostAhead = FrameLine.AgentRateHz / 2;

    // 5 to 100 ms in a frame: smaller ones would be a flood.
    private const int LeastPcmBytes = FrameLine.CallerRateHz / 1_000 * 5 * sizeof(short);
    private const int MostPcmBytes = 20 * LeastPcmBytes;

    // What a stalled network has kept back comes all at once, and where it finds no room is lost; who has gone for longer is noticed by PageSocket.Terms. More than that nobody has said.
    private const double LongestStallSeconds = 12;

    // Keys: nobody presses faster for long.
    private const int MostTextsAtOnce = 40;
    private const double TextsPerSecond = 10;

    private static readonly byte[] Clear = new PageEvent("clear").ToJson();
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LastNewsLimit = TimeSpan.FromSeconds(6);   // the tools' end belongs to the call
    private static readonly TimeSpan SignedInPeriod = TimeSpan.FromSeconds(1);

    private readonly byte[] _out = new byte[FrameLine.AgentRateHz * FrameLine.FrameMs / 1_000 * sizeof(short)];
    private readonly short[] _in = new short[MostPcmBytes / sizeof(short)];
    private readonly long _startedAt = time.GetTimestamp();
    private uint _sent;
    private uint _taken;
    private long _said;
    private int _texts;

    /// <summary>Runs until the call is over; whatever ends the socket ends the call.</summary>
    public async Task RunAsync()
    {
        var receiving = ReceiveAsync();
        try
        {
            await SendAsync(receiving);
        }
        finally
        {
            line.Lose();   // where it was the sending that failed; else it is over already
            await socket.EndAsync(receiving);
        }
    }

    private async Task ReceiveAsync()
    {
        while (await socket.ReceiveAsync() is { } message && Take(message.Type, message.Body.Span))
        {
        }
        if (socket.IsClosedByPage)
            line.Leave();
        else
            line.Lose();
    }

    // False ends it: the page has hung up, or is none of ours.
    private bool Take(WebSocketMessageType type, ReadOnlySpan<byte> body) => type == WebSocketMessageType.Binary ? TakeFrame(body) : TakeText(body);

    private bool TakeFrame(ReadOnlySpan<byte> frame)
    {
        var bytes = frame.Length - HeadBytes;
        if (bytes is < LeastPcmBytes or > MostPcmBytes || bytes % sizeof(short) != 0)
            return false;
        var taken = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        if (Volatile.Read(ref _sent) - taken > Volatile.Read(ref _sent) - _taken)
            return false;   // it counts back, or ahead of what was sent
        Volatile.Write(ref _taken, taken);
        frame[HeadBytes..].CopyTo(MemoryMarshal.AsBytes(_in.AsSpan()));
        line.TryWrite(_in.AsSpan(0, bytes / sizeof(short)));
        _said += bytes / sizeof(short);
        return _said <= FrameLine.CallerRateHz * (time.GetElapsedTime(_startedAt).TotalSeconds + LongestStallSeconds);
    }

    private bool TakeText(ReadOnlySpan<byte> text)
    {
        if (++_texts > MostTextsAtOnce + TextsPerSecond * time.GetElapsedTime(_startedAt).TotalSeconds || Read(text) is not { } request)
            return false;
        if (request.Digit is [var digit])
            line.Press(digit);
        return request.Type == "digit";
    }

    /// <summary>What a page says in text; null for anything else.</summary>
    public static TalkRequest? Read(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, TalkJson.Default.TalkRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task SendAsync(Task receiving)
    {
        using var timer = new PeriodicTimer(Period, time);
        var (askedAt, endedAt) = (time.GetTimestamp(), 0L);
        while (await timer.WaitForNextTickAsync())
        {
            if (time.GetElapsedTime(askedAt) >= SignedInPeriod)
            {
                askedAt = time.GetTimestamp();
                if (!isSignedIn())
                    line.Leave();
            }
            if (feed.IsBehind || !await SendNewsAsync() || !await SendAudioAsync())
                return;
            if (!line.Ended.IsCompleted && !receiving.IsCompleted)   // a service that stops may not say that it has ended
                continue;
            endedAt = endedAt == 0 ? time.GetTimestamp() : endedAt;
            if (feed.IsOver || time.GetElapsedTime(endedAt) > LastNewsLimit)
                break;
        }
        await SendNewsAsync();
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "The call is over.");
    }

    private async Task<bool> SendNewsAsync()
    {
        while (feed.TryTake(out var news))
        {
            if (!await socket.SendAsync(news, WebSocketMessageType.Text))
                return false;
        }
        return true;
    }

    private async Task<bool> SendAudioAsync()
    {
        while (true)
        {
            // Looked for also where the page may be sent no more at present.
            if (line.TryTakeCut() && !await socket.SendAsync(Clear, WebSocketMessageType.Text))
                return false;
            if (_sent - Volatile.Read(ref _taken) > MostAhead || !line.TryFetch(MemoryMarshal.Cast<byte, short>(_out.AsSpan())))
                return true;
            Volatile.Write(ref _sent, _sent + (uint)(_out.Length / sizeof(short)));
            if (!await socket.SendAsync(_out, WebSocketMessageType.Binary))
                return false;
        }
    }
}
