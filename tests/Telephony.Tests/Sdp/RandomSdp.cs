using System.Net;
using Telephony.Sdp;

namespace Telephony.Tests.Sdp;

/// <summary>Random session descriptions: well-formed ones of every shape, and damaged ones.</summary>
internal static class RandomSdp
{
    private static readonly string[] Protocols = ["RTP/AVP", "RTP/SAVP", "RTP/AVPF", "UDP/TLS/RTP/SAVPF", "udptl"];
    private static readonly string[] Addresses = ["198.51.100.7", "0.0.0.0", "2001:db8::7", "::", "10.0.0.1"];
    private static readonly SdpAttribute[] Attributes =
    [
        new("sendonly"), new("recvonly"), new("inactive"), new("sendrecv"), new("ptime", "20"), new("ptime", "65535"), new("maxptime", "30"),
        new("rtpmap", "0 PCMU/8000"), new("rtpmap", "96 pcma/8000/1"), new("rtpmap", "97 opus/48000/2"), new("rtpmap", "101 telephone-event/8000"),
        new("fmtp", "101 0-16"), new("rtcp", "4001"), new("rtcp-mux"), new("ssrc", "1 cname:grüße"), new("x", ""),
    ];

    public static SessionDescription Description(Random random) => new()
    {
        Origin = new SdpOrigin("alice", random.NextInt64().ToString(), (ulong)random.NextInt64(), Pick(random, Addresses)),
        Name = random.Next(2) == 0 ? "-" : "A call",
        ConnectionAddress = Address(random),
        Attributes = Some(random, Attributes, 4),
        Media = [.. Enumerable.Range(0, random.Next(5)).Select(_ => Media(random))],
    };

    public static byte[] Mutated(Random random)
    {
        var bytes = SdpWriter.Write(Description(random));
        for (var damage = random.Next(4); damage > 0; damage--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes = [.. bytes[..at], .. bytes[at..], .. bytes[at..]]; break;
                case 2: bytes = [.. bytes[..(at + 1)]]; break;
                default: bytes = [.. bytes[..at], (byte)"0 :=/\r\n"[random.Next(7)], .. bytes[at..]]; break;
            }
        }
        return bytes;
    }

    /// <summary>Compares every line; the lists of a record are compared by reference otherwise.</summary>
    public static void AssertSame(SessionDescription expected, SessionDescription actual)
    {
        Assert.Equal((expected.Origin, expected.Name, expected.ConnectionAddress), (actual.Origin, actual.Name, actual.ConnectionAddress));
        Assert.Equal(expected.Attributes, actual.Attributes);
        Assert.Equal(expected.Media.Count, actual.Media.Count);
        foreach (var (left, right) in expected.Media.Zip(actual.Media))
        {
            Assert.Equal((left.Type, left.Port, left.Protocol, left.ConnectionAddress), (right.Type, right.Port, right.Protocol, right.ConnectionAddress));
            Assert.Equal(left.Formats, right.Formats);
            Assert.Equal(left.Attributes, right.Attributes);
        }
    }

    private static MediaDescription Media(Random random) => new()
    {
        Type = random.Next(3) == 0 ? "video" : "audio",
        Port = random.Next(4) == 0 ? 0 : random.Next(65_536),
        Protocol = Pick(random, Protocols),
        Formats = [.. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Pick(random, ["0", "8", "13", "96", "97", "101", "t38"]))],
        ConnectionAddress = random.Next(3) == 0 ? Address(random) : null,
        Attributes = Some(random, Attributes, 8),
    };

    private static IPAddress? Address(Random random) => random.Next(4) == 0 ? null : IPAddress.Parse(Pick(random, Addresses));

    private static List<T> Some<T>(Random random, T[] from, int max) => [.. Enumerable.Range(0, random.Next(max + 1)).Select(_ => Pick(random, from))];

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
