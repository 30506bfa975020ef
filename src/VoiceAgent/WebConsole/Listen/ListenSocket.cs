using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using VoiceAgent.Audio;
using VoiceAgent.Calls;

namespace VoiceAgent.WebConsole.Listen;

/// <summary>One listener's WebSocket: both sides of a call as 16 kHz PCM16 in pairs, the caller's sample and the agent's.</summary>
/// <remarks>One loop receives and one sends. The page says how many pairs have left its buffer: no more than <see cref="MostAhead"/> are on their way. Who has stalled is brought back to what is said now, and told how much was lost.</remarks>
internal sealed class ListenSocket(PageSocket socket, SoundReader reader, CallSession call, Func<bool> isSignedIn, TimeProvider time)
{
    /// <summary>Pairs that may be on their way to the page, or wait in its buffer: a second.</summary>
    public const int MostAhead = SoundTap.RateHz;

    private const int BlockPairs = SoundTap.RateHz / 10;

    // Who is further behind than the first goes on at the second, before which not all may be there.
    private const int MostBehind = SoundTap.RateHz * 2;
    private const int LeastBehind = SoundTap.RateHz * 6 / 10;

    // It tells some ten times a second how it stands.
    private const int MostWordsAtOnce = 100;
    private const double WordsPerSecond = 60;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SignedInPeriod = TimeSpan.FromSeconds(1);

    private readonly byte[] _block = new byte[2 * BlockPairs * sizeof(short)];
    private readonly long _startedAt = time.GetTimestamp();
    private long _toldLost;
    private uint _sent;
    private uint _taken;

    /// <summary>Runs until the page has gone, may no longer listen, or the call is over.</summary>
    public async Task RunAsync()
    {
        var receiving = ReceiveAsync();
        await SendAsync(receiving);
        await socket.EndAsync(receiving);
    }

    private async Task ReceiveAsync()
    {
        for (var words = 1; await socket.ReceiveAsync() is { Type: WebSocketMessageType.Binary, Body.Length: sizeof(uint) } message; words++)
        {
            var taken = BinaryPrimitives.ReadUInt32LittleEndian(message.Body.Span);
            if (Volatile.Read(ref _sent) - taken > Volatile.Read(ref _sent) - _taken || words > MostWordsAtOnce + WordsPerSecond * time.GetElapsedTime(_startedAt).TotalSeconds)
                return;   // no page of ours
            Volatile.Write(ref _taken, taken);
        }
    }

    private async Task SendAsync(Task receiving)
    {
        using var timer = new PeriodicTimer(Period, time);
        var askedAt = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync() && !receiving.IsCompleted)
        {
            var isOver = call.State == CallState.Ended || call.Completion?.IsCompleted == true;
            if (time.GetElapsedTime(askedAt) >= SignedInPeriod)
            {
                askedAt = time.GetTimestamp();
                if (!isSignedIn())
                {
                    await socket.SendAsync(new PageEvent("refused") { Message = "You were signed out." }.ToJson(), WebSocketMessageType.Text);
                    await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "signed out");
                    return;
                }
            }
            if (!await SendSoundAsync(isOver))
                return;
            if (isOver)
                break;
        }
        await socket.SendAsync(new PageEvent("end") { Reason = call.Record.EndReason }.ToJson(), WebSocketMessageType.Text);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "It is over.");
    }

    private async Task<bool> SendSoundAsync(bool toTheEnd)
    {
        if (!toTheEnd && IsLate())
            return true;
        while (_sent - Volatile.Read(ref _taken) <= MostAhead)
        {
            var pairs = reader.Read(MemoryMarshal.Cast<byte, short>(_block.AsSpan()), toTheEnd);
            if (pairs == 0)
                return true;
            if (!await TellLostAsync())
                return false;
            Volatile.Write(ref _sent, _sent + (uint)pairs);
            if (!await socket.SendAsync(_block.AsMemory(0, 2 * pairs * sizeof(short)), WebSocketMessageType.Binary))
                return false;
        }
        return true;
    }

    // It hears out what it has been sent, and goes on with what is said now.
    private bool IsLate()
    {
        var onItsWay = _sent - Volatile.Read(ref _taken);
        if (reader.Now - reader.Position + onItsWay <= MostBehind)
            return false;
        if (onItsWay > BlockPairs)
            return true;
        reader.SkipTo(reader.Now - LeastBehind);
        return false;
    }

    private async Task<bool> TellLostAsync()
    {
        var lost = reader.Lost - _toldLost;
        _toldLost += lost;
        return lost == 0 || await socket.SendAsync(new PageEvent("lost") { LostMs = lost * 1_000.0 / SoundTap.RateHz }.ToJson(), WebSocketMessageType.Text);
    }
}
