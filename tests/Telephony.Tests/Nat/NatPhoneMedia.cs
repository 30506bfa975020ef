using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Support;
using Telephony.Codecs;

namespace Telephony.Tests.Nat;

/// <summary>The media of a phone: says a tone in PCMU every 20 ms, and keeps what it hears with the time of the first packet.</summary>
internal sealed class NatPhoneMedia : IDisposable
{
    public const int SaidHz = 1_000;
    private const int FrameSamples = 160;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<short> _heard = [];
    private readonly List<Task> _running = [];
    private long _firstAt;

    public NatPhoneMedia(IPAddress address)
    {
        _socket.Bind(new IPEndPoint(address, 0));
        _running.Add(Task.Run(HearAsync));
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Says its tone there until it is disposed.</summary>
    public void Say(IPEndPoint agent) => _running.Add(Task.Run(() => SayAsync(agent)));

    /// <summary>Waits for half a second of audio; ms from the given timestamp to its first packet, negative when it came before.</summary>
    public async Task<double> FirstAudioMsAsync(long since)
    {
        while (HeardSamples < 25 * FrameSamples)
            await Task.Delay(5);
        return (Interlocked.Read(ref _firstAt) - since) * 1_000.0 / Stopwatch.Frequency;
    }

    /// <summary>How loud a frequency is in what was heard.</summary>
    public double Loudness(double frequencyHz)
    {
        lock (_heard)
            return Tone.Amplitude([.. _heard.TakeLast(10 * FrameSamples)], 8_000, frequencyHz);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        Task.WaitAll([.. _running]);
        _socket.Dispose();
        _stopping.Dispose();
    }

    private int HeardSamples
    {
        get
        {
            lock (_heard)
                return _heard.Count;
        }
    }

    private async Task HearAsync()
    {
        var buffer = new byte[2048];
        var pcm = new short[2048];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
                Interlocked.CompareExchange(ref _firstAt, Stopwatch.GetTimestamp(), 0);
                var samples = received.ReceivedBytes - 12;
                G711.DecodeMuLaw(buffer.AsSpan(12, samples), pcm);
                lock (_heard)
                    _heard.AddRange(pcm.AsSpan(0, samples));
            }
        }
        catch (OperationCanceledException)
        {
            // The phone is done.
        }
    }

    private async Task SayAsync(IPEndPoint agent)
    {
        var tone = Tone.Sine(8_000, SaidHz, 50 * FrameSamples);
        var packet = new byte[12 + FrameSamples];
        packet[0] = 0x80;
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(8), Port);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; !_stopping.IsCancellationRequested; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)i);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(i * FrameSamples));
            G711.EncodeMuLaw(tone.AsSpan(i % 50 * FrameSamples, FrameSamples), packet.AsSpan(12));
            await _socket.SendToAsync(packet, agent);
            var due = TimeSpan.FromMilliseconds(20 * (i + 1)) - Stopwatch.GetElapsedTime(start);
            if (due > TimeSpan.Zero)
                await Task.Delay(due);
        }
    }
}
