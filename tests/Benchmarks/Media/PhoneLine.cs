using System.Buffers.Binary;
using System.Net;
using Benchmarks.Overload;
using Telephony.Codecs;

namespace Benchmarks.Media;

/// <summary>One call of the <see cref="RawPhone"/>: silence with single loud packets up, arrival times of loud packets down.</summary>
/// <remarks>The pacer's thread sends, the RTP thread hears, the SIP thread answers; each has its own fields.</remarks>
internal sealed class PhoneLine
{
    public const int FrameMs = 20;

    private const int FrameBytes = 160;
    private const int HeaderBytes = 12;   // RFC 3550 section 5.1, without CSRC
    private const byte Silence = 0xFF;    // PCMU zero
    private const int LoudMagnitude = 100;   // -50 dBov: a fade's end still counts, silence and its dither do not

    private static readonly bool[] IsLoudCode =
        [.. Enumerable.Range(0, 256).Select(code => Math.Abs((int)G711.DecodeMuLaw((byte)code)) >= LoudMagnitude)];

    private readonly Lock _gate = new();
    private readonly List<long> _loudArrivals = [];
    private readonly byte[] _packet = new byte[HeaderBytes + FrameBytes];
    private ushort _sequenceNumber = (ushort)Random.Shared.Next(ushort.MaxValue);
    private uint _timestamp = (uint)Random.Shared.Next();
    private TaskCompletionSource<long>? _marker;

    public PhoneLine(int number)
    {
        Number = number;
        _packet[0] = 0x80;
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(8), (uint)Random.Shared.Next());
    }

    /// <summary>Part of the Call-ID.</summary>
    public int Number { get; }

    /// <summary>Tag of the agent, once it has answered.</summary>
    public string RemoteTag { get; set; } = "";

    /// <summary>Where the agent wants RTP; null before the answer.</summary>
    public SocketAddress? RtpTarget { get; set; }

    /// <summary>When INVITE left, when 100 and 200 came.</summary>
    public (long Sent, long Trying, long Answered) Invite;

    /// <summary>Done when the INVITE has its final answer (the status).</summary>
    public TaskCompletionSource<int> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when our BYE is answered.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes note of when the agent's packets come; null where nobody wants to know.</summary>
    public Pacing? Pacing { get; set; }

    /// <summary>When the next packet is due; the pacer's.</summary>
    public long NextDue { get; set; }

    /// <summary>Makes the next packet loud; the result is the moment before it was handed to the socket.</summary>
    public Task<long> SendMarkerAsync()
    {
        var marker = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _marker, marker);
        return marker.Task;
    }

    /// <summary>First loud packet heard from then on; 0 when there is none.</summary>
    public long FirstLoudSince(long timestamp)
    {
        lock (_gate)
            return _loudArrivals.Find(arrival => arrival >= timestamp);
    }

    /// <summary>Last loud packet heard before then; 0 when there is none.</summary>
    public long LastLoudBefore(long timestamp)
    {
        lock (_gate)
            return _loudArrivals.FindLast(arrival => arrival < timestamp);
    }

    /// <summary>Sends the packet that is due; the pacer's thread.</summary>
    public void Send(Action<byte[], SocketAddress> send)
    {
        _packet[1] = 0;   // PCMU
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequenceNumber++);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), _timestamp);
        _timestamp += FrameBytes;
        var marker = Interlocked.Exchange(ref _marker, null);
        Fill(isLoud: marker is not null);
        var sent = Clock.Now;
        if (RtpTarget is { } target)
            send(_packet, target);
        marker?.TrySetResult(sent);
        NextDue = Clock.After(NextDue, FrameMs);
    }

    /// <summary>Takes a packet of the agent; the RTP thread's.</summary>
    public void Hear(ReadOnlySpan<byte> packet, long arrival)
    {
        Pacing?.Add(packet, arrival);
        var isLoud = false;
        foreach (var code in packet[HeaderBytes..])
            isLoud |= IsLoudCode[code];
        if (!isLoud)
            return;
        lock (_gate)
            _loudArrivals.Add(arrival);
    }

    private void Fill(bool isLoud)
    {
        var payload = _packet.AsSpan(HeaderBytes);
        payload.Fill(Silence);
        for (var i = 0; isLoud && i < payload.Length; i++)
            payload[i] = G711.EncodeMuLaw((short)(16_000 * Math.Sin(2 * Math.PI * (i + 1) / 8)));   // 1 kHz
    }
}
