using Support.Dns;
using Telephony.Sip.Resolution;

namespace Telephony.Tests.Sip.Resolution;

/// <summary>A2: replies of name servers as bytes; nothing in them throws, loops or costs much.</summary>
public sealed class DnsMessageTests
{
    private const ushort Id = 0x1234;
    private const string Name = "a.example";

    [Fact]
    public void Names_may_point_back()
    {
        // The owner is a pointer to the question, the target a label and a pointer into the owner's name.
        var reply = Reply(DnsRecordType.Srv, 1, [0xC0, 12], "SRV", [0, 1, 0, 2, 0x13, 0xC4, 3, .. "sip"u8, 0xC0, 14]);
        Assert.Equal(new SrvRecord(1, 2, 5060, "sip.example"), Assert.Single(Read(reply, DnsRecordType.Srv)!.Answer.Records));
    }

    public static TheoryData<string, byte[]> Loops => new()
    {
        { "to itself", [0xC0, 27] },
        { "forward", [0xC0, 40] },
        { "behind the end", [0xFF, 0xFF] },
        { "cut off", [0xC0] },
        { "kind that is none", [0x80, 1] },
        { "label beyond the end", [63, 65] },
    };

    [Theory, MemberData(nameof(Loops))]
    public void Pointers_that_lead_nowhere_are_refused(string what, byte[] owner) =>
        Assert.True(Read(Reply(DnsRecordType.A, 1, owner, "A", [192, 0, 2, 1]), DnsRecordType.A) is null, what);

    [Fact]
    public void Names_longer_than_255_bytes_are_refused()
    {
        var label = (byte[])[63, .. Enumerable.Repeat((byte)'x', 63)];
        Assert.Null(Read(Reply(DnsRecordType.A, 1, [.. label, .. label, .. label, .. label, 0], "A", [192, 0, 2, 1]), DnsRecordType.A));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(16)]
    public void Addresses_of_another_length_are_refused(int length) =>
        Assert.Null(Read(Reply(DnsRecordType.A, 1, [0xC0, 12], "A", new byte[length]), DnsRecordType.A));

    [Fact]
    public void More_records_announced_than_sent_are_refused() =>
        Assert.Null(Read(Reply(DnsRecordType.A, 2, [0xC0, 12], "A", [192, 0, 2, 1]), DnsRecordType.A));

    [Fact]
    public void Records_of_other_names_do_not_count()
    {
        var reply = Reply(DnsRecordType.A, 1, DnsBytes.Name("b.example"), "A", [192, 0, 2, 1]);
        Assert.Equal(DnsStatus.None, Read(reply, DnsRecordType.A)!.Answer.Status);
    }

    [Theory]
    [InlineData(0x7FFF_FFFF, 3_600)]
    [InlineData(-1, 1)]
    [InlineData(0, 1)]
    [InlineData(30, 30)]
    public void Life_is_kept_within_bounds(int seconds, int expected)
    {
        var reply = Reply(DnsRecordType.A, 1, [0xC0, 12], "A", [192, 0, 2, 1], seconds);
        Assert.Equal(expected, (int)Read(reply, DnsRecordType.A)!.Answer.TimeToLive.TotalSeconds);
    }

    // Seeded mutations of good replies: bits flipped, bytes put in, cut off, doubled.
    [Fact]
    public void Fuzzed_replies_never_throw()
    {
        var random = new Random(7);
        byte[][] seeds =
        [
            Reply(DnsRecordType.Srv, 1, [0xC0, 12], "SRV", [0, 1, 0, 2, 0x13, 0xC4, 3, .. "sip"u8, 0xC0, 14]),
            Reply(DnsRecordType.Naptr, 1, [0xC0, 12], "NAPTR", [0, 1, 0, 2, 1, (byte)'s', 7, .. "SIP+D2U"u8, 0, 0xC0, 12]),
            Reply(DnsRecordType.A, 1, [0xC0, 12], "CNAME", [0xC0, 14]),
        ];
        var read = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var type = (i % seeds.Length) switch { 0 => DnsRecordType.Srv, 1 => DnsRecordType.Naptr, _ => DnsRecordType.A };
            read += Read(Mutate(seeds[i % seeds.Length], random), type) is null ? 0 : 1;
        }
        Assert.InRange(read, 1_000, 199_000);
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(2, bytes.Count);   // the number stays, else nothing more is read
            switch (random.Next(4))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                default: bytes.RemoveRange(at, Math.Min(random.Next(4), bytes.Count - at)); break;
            }
        }
        return [.. bytes];
    }

    private static DnsReply? Read(byte[] message, DnsRecordType type) => DnsMessage.TryReadReply(message, Id, Name, type, out var reply) ? reply : null;

    private static byte[] Reply(DnsRecordType asked, int count, byte[] owner, string kind, byte[] data, int timeToLive = 60) =>
    [
        .. DnsBytes.Number(Id), 0x84, 0x80, 0, 1, .. DnsBytes.Number(count), 0, 0, 0, 0,
        .. DnsBytes.Name(Name), .. DnsBytes.Number((int)asked), 0, 1,
        .. owner, .. DnsBytes.Number(kind switch { "A" => 1, "CNAME" => 5, "SRV" => 33, _ => 35 }), 0, 1,
        .. DnsBytes.Number(timeToLive >> 16), .. DnsBytes.Number(timeToLive), .. DnsBytes.Number(data.Length), .. data,
    ];
}
