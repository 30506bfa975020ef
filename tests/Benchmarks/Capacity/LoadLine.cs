using System.Buffers.Binary;
using System.Net;
using Telephony.Rtp.Srtp;

namespace Benchmarks.Capacity;

/// <summary>One call of the load: speech up that was encoded beforehand, and what comes down counted by sequence number and time.</summary>
/// <remarks>The pacer's thread sends, the receiving thread hears, the SIP thread answers; each has its own fields.</remarks>
internal sealed class LoadLine : IDisposable
{
    private const int HeaderBytes = 12;
    private const long FrameNs = 20_000_000;

    private readonly CallerVoice _voice;
    private readonly byte[] _packet;
    private ushort _sequenceNumber = 1;
    private uint _timestamp = 1;
    private int _frame;
    private long _lastArrivalNs;
    private ushort _lastHeard;
    private SrtpSender? _encryption;
    private SrtpReceiver? _decryption;

    public LoadLine(int number, CallerVoice voice)
    {
        (Number, _voice) = (number, voice);
        _packet = new byte[HeaderBytes + voice.MaxFrameBytes + SrtpSender.MaxOverheadBytes];
        _packet[0] = 0x80;
        _packet[1] = voice.PayloadType;
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(8), (uint)number + 1000);
        _frame = number * 7;
    }

    public int Number { get; }

    public string RemoteTag { get; set; } = "";

    /// <summary>Where the agent wants RTP; null before the answer.</summary>
    public SocketAddress? Target { get; set; }

    /// <summary>Done with the final status.</summary>
    public TaskCompletionSource<int> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when BYE is answered.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long InviteSent { get; set; }

    public long AnswerArrived { get; set; }

    /// <summary>Packets heard, those with a voice in them, and those missing in between, since <see cref="Restart"/>.</summary>
    public int Heard { get; private set; }

    public int Voiced { get; private set; }

    public int Lost { get; private set; }

    /// <summary>Encrypts what is said and decrypts what is heard from here on.</summary>
    public void Secure(SrtpMasterKey own, SrtpMasterKey peer) => (_encryption, _decryption) = (new SrtpSender(own), new SrtpReceiver(peer));

    public void Dispose()
    {
        _encryption?.Dispose();
        _decryption?.Dispose();
    }

    /// <summary>Counts from here on.</summary>
    public void Restart() => (Heard, Voiced, Lost, _lastArrivalNs) = (0, 0, 0, 0);

    public void Send(ArrivalSocket socket)
    {
        if (Target is not { } target)
            return;
        var frame = _voice.Frame(_frame++);
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequenceNumber++);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), _timestamp);
        _timestamp += _voice.ClockUnits;
        frame.CopyTo(_packet.AsSpan(HeaderBytes));
        var bytes = HeaderBytes + frame.Length;
        socket.Send(_packet.AsSpan(0, _encryption?.Protect(_packet, HeaderBytes, bytes) ?? bytes), target);
    }

    /// <summary>Takes a packet; what its distance from the one before has too much or too little goes to the histogram.</summary>
    public void Hear(long arrivalNs, ReadOnlySpan<byte> packet, GapHistogram gaps)
    {
        if (_decryption is { } decryption && decryption.Unprotect(packet, out packet) != SrtpVerdict.Authentic)
            return;
        var number = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        var step = (short)(ushort)(number - _lastHeard);
        Heard++;
        if (_voice.IsVoiced(packet[HeaderBytes..]))
            Voiced++;
        if (_lastArrivalNs > 0 && step > 0)
        {
            Lost += step - 1;
            gaps.Add(Math.Abs(arrivalNs - _lastArrivalNs - step * FrameNs) / 1e6);
        }
        (_lastArrivalNs, _lastHeard) = (arrivalNs, number);
    }
}
