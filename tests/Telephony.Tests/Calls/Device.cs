using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Support;
using Telephony.Codecs;
using Telephony.Rtp;

namespace Telephony.Tests.Calls;

/// <summary>The media of a device that a call of ours reaches: a socket that sends packets of silence and hears ours.</summary>
internal sealed class Device : IDisposable
{
    private const int PacketSamples = 160;

    private readonly Socket _rtp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _packet = new byte[RtpPacket.FixedHeaderBytes + PacketSamples];
    private readonly byte[] _heard = new byte[1_500];
    private ushort _number;

    public Device(uint ssrc)
    {
        _rtp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _packet[0] = 2 << 6;
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(8), ssrc);
        _packet.AsSpan(RtpPacket.FixedHeaderBytes).Fill(0xFF);
    }

    /// <summary>The lines that describe it: PCMU.</summary>
    public string Sdp => $"m=audio {((IPEndPoint)_rtp.LocalEndPoint!).Port} RTP/AVP 0 101|a=rtpmap:101 telephone-event/8000";

    /// <summary>Sends the next packet.</summary>
    public void Send(IPEndPoint to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), ++_number);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), (uint)_number * PacketSamples);
        _rtp.SendTo(_packet, to);
    }

    /// <summary>The middle sample of the next packet that comes, while time goes on.</summary>
    public int NextSample(ManualTimeProvider clock)
    {
        for (var i = 0; i < 1_000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(20));
            if (!_rtp.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead))
                continue;   // the media thread has not seen the time yet
            var bytes = _rtp.Receive(_heard);
            Assert.True(RtpPacket.TryParse(_heard.AsSpan(0, bytes), out var packet));
            var pcm = new short[packet.Payload.Length];
            new G711Decoder(G711Law.MuLaw).Decode(packet.Payload, pcm);
            return pcm[pcm.Length / 2];
        }
        throw new TimeoutException("No packet came.");
    }

    public void Dispose() => _rtp.Dispose();
}
