using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Telephony.Sip.Ladders;
using Telephony.Tests.Calls;

namespace Telephony.Tests.Sip.Ladders;

/// <summary>Copies for a capture server: packets of HEP version 3, chunk by chunk, and what is left out of them.</summary>
public sealed class HepTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public void Packet_has_every_chunk_that_a_server_needs()
    {
        var packet = HepPacket.Write(At, IPEndPoint.Parse("192.0.2.10:5070"), IPEndPoint.Parse("198.51.100.5:5060"), isDatagram: true,
            new HepOptions { CaptureId = 7, Password = "secret" }, "call-1", "OPTIONS sip:a SIP/2.0\r\n\r\n")!;
        Assert.Equal("HEP3", Encoding.ASCII.GetString(packet, 0, 4));
        Assert.Equal(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(4)));
        var chunks = Chunks(packet);
        Assert.Equal("02 11 C000020A C6336405 13CE 13C4 01 00000007", string.Join(' ',
            new[] { 1, 2, 3, 4, 7, 8, 11, 12 }.Select(type => Convert.ToHexString(chunks[type]))));
        Assert.Equal(At.ToUnixTimeSeconds(), BinaryPrimitives.ReadUInt32BigEndian(chunks[9]));
        Assert.Equal(678_000u, BinaryPrimitives.ReadUInt32BigEndian(chunks[10]));
        Assert.Equal(("secret", "call-1", "OPTIONS sip:a SIP/2.0\r\n\r\n"),
            (Encoding.UTF8.GetString(chunks[14]), Encoding.UTF8.GetString(chunks[17]), Encoding.UTF8.GetString(chunks[15])));
    }

    [Fact]
    public void IPv6_over_TCP_says_so()
    {
        var chunks = Chunks(HepPacket.Write(At, IPEndPoint.Parse("[2001:db8::1]:5070"), IPEndPoint.Parse("[2001:db8::2]:5060"), isDatagram: false, new HepOptions(), "c", "x")!);
        Assert.Equal(("0A", "06", 16, 16), (Convert.ToHexString(chunks[1]), Convert.ToHexString(chunks[2]), chunks[5].Length, chunks[6].Length));
        Assert.DoesNotContain(14, chunks.Keys);
    }

    [Fact]
    public void Message_too_long_for_a_datagram_has_no_packet() =>
        Assert.Null(HepPacket.Write(At, IPEndPoint.Parse("192.0.2.10:1"), IPEndPoint.Parse("192.0.2.11:1"), isDatagram: true, new HepOptions(), "c", new string('x', 65_500)));

    [Theory]
    [InlineData("homer:9060", "homer", 9060)]
    [InlineData("192.0.2.1:9060", "192.0.2.1", 9060)]
    [InlineData("[2001:db8::1]:9060", "2001:db8::1", 9060)]
    [InlineData("homer", null, 0)]
    [InlineData("udp://homer:9060", null, 0)]
    [InlineData("homer:9060/x", null, 0)]
    public void Collector_is_a_host_and_a_port(string text, string? host, int port)
    {
        var target = new HepOptions { Collector = text }.Target;
        Assert.Equal(host, target?.Host);
        Assert.Equal(port, target?.Port ?? 0);
    }

    [Fact]
    public async Task Every_message_of_a_call_is_copied_both_ways_without_its_keys()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var bench = new CallBench(new TelephonyOptions { Hep = new HepOptions { Collector = server.Client.LocalEndPoint!.ToString()! } });
        var phone = new Phone(bench);
        phone.InviteWith("Authorization: Digest response=\"canary\"\n");
        phone.Cancel();
        List<string> copies = [];
        while (copies.Count < 5)
        {
            var received = await server.ReceiveAsync().WaitAsync(TimeSpan.FromSeconds(10));
            copies.Add(Encoding.UTF8.GetString(Chunks(received.Buffer)[15]));
        }
        Assert.Equal(["CANCEL", "INVITE", "SIP/2.0 100", "SIP/2.0 200", "SIP/2.0 487"], copies.Select(Line).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(copies, copy => copy.Contains("canary", StringComparison.Ordinal));
    }

    private static string Line(string message) => message.StartsWith("SIP", StringComparison.Ordinal) ? message[..11] : message.Split(' ')[0];

    private static Dictionary<int, byte[]> Chunks(byte[] packet)
    {
        var chunks = new Dictionary<int, byte[]>();
        for (var at = 6; at < packet.Length;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at + 4));
            Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at)));
            chunks.Add(BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at + 2)), packet[(at + 6)..(at + length)]);
            at += length;
        }
        return chunks;
    }
}
