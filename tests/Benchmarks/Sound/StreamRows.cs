using System.Net;
using System.Net.Sockets;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Benchmarks.Sound;

/// <summary>Goal B8: an hour of a call's packets as they come out of a socket, by a clock of its own.</summary>
internal static class StreamRows
{
    private const int Packets = 3_600 * 50;
    private const long Ms = 1_000_000;

    public static IEnumerable<FigureRow> Measure()
    {
        using var phone = Bind();
        using var socket = Bind();
        var (schedule, source) = (new SendSchedule(), new LoopedAudio(new short[24_000], 24_000));
        var path = new SendPath(MediaTo(phone), source, new RtpSender(new RtpSocket(socket)), schedule, new DigitSender((_, _) => { }), new MediaCounters());
        schedule.Start(0);
        var (to, random, buffer) = (phone.LocalEndPoint!.Serialize(), new Random(8), new byte[2_048]);
        var (received, wrongNumbers, wrongSteps, number, timestamp) = (0, 0, 0, (ushort)0, 0u);
        for (var i = 0; i < Packets; i++)
        {
            path.Tick(to, schedule.DueNs + random.Next(0, 41) * Ms);
            if (!phone.Poll(1_000_000, SelectMode.SelectRead) || !RtpPacket.TryParse(buffer.AsSpan(0, phone.Receive(buffer)), out var packet))
                continue;
            if (received++ > 0)
            {
                wrongNumbers += packet.SequenceNumber == (ushort)(number + 1) ? 0 : 1;
                wrongSteps += packet.Timestamp - timestamp == 160 ? 0 : 1;
            }
            (number, timestamp) = (packet.SequenceNumber, packet.Timestamp);
        }
        var drift = schedule.DueNs - Packets * 20 * Ms;
        yield return new("B8", "an hour, each packet up to 40 ms late: packets; numbers missing or twice; steps other than 160; drift", "180,000 +- 1; 0; 0; 0 ppm",
            $"{Verdict.Of(Math.Abs(received - Packets), 1, $"off {Packets:N0}")}; {Verdict.Of(wrongNumbers, 0, "")}; {Verdict.Of(wrongSteps, 0, "")}; {Verdict.Of(drift, 0, "ns")}", "");
    }

    /// <summary>What is agreed with a plain phone that listens there.</summary>
    public static NegotiatedMedia MediaTo(Socket phone) => new()
    {
        RemoteRtp = (IPEndPoint)phone.LocalEndPoint!,
        RemoteRtcp = new IPEndPoint(IPAddress.Loopback, 9),
        Codec = CodecCatalog.Pcmu,
        SendPayloadType = 0,
        ReceivePayloadType = 0,
        PtimeMs = 20,
        Direction = MediaDirection.SendRecv,
    };

    /// <summary>A socket on loopback.</summary>
    public static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
