using System.Net;
using Telephony.Nat;

namespace Telephony.Tests.Nat;

/// <summary>STUN's bytes: the RFC's own examples, and that nothing else is believed or throws.</summary>
public sealed class StunMessageTests
{
    // RFC 5769: transaction id of its samples.
    private static readonly byte[] TransactionId = Convert.FromHexString("B7E7A701BC34D686FA87DFAE");

    // RFC 5769 section 2.2 and 2.3.
    private const string IPv4Response =
        "0101003C2112A442B7E7A701BC34D686FA87DFAE8022000B7465737420766563746F7220002000080001A147E112A643000800142B91F599FD9E90C38C7489F92AF9BA53F06BE7D780280004C07D4C96";

    private const string IPv6Response =
        "010100482112A442B7E7A701BC34D686FA87DFAE8022000B7465737420766563746F7220002000140002A1470113A9FAA5D3F179BC25F4B5BED2B9D900080014A382954E4BE67BF11784C97C8292C275BFE3ED4180280004C8FB0B4C";

    [Theory]
    [InlineData(IPv4Response, "192.0.2.1:32853")]
    [InlineData(IPv6Response, "[2001:db8:1234:5678:11:2233:4455:6677]:32853")]
    [InlineData("0101000C2112A442B7E7A701BC34D686FA87DFAE0001000800018055C0000201", "192.0.2.1:32853")]   // without the mask, as RFC 3489 had it
    public void The_samples_of_the_RFC_are_read(string response, string mapped)
    {
        Assert.True(StunMessage.TryReadResponse(Convert.FromHexString(response), TransactionId, out var address));
        Assert.Equal(IPEndPoint.Parse(mapped), address);
    }

    [Fact]
    public void A_request_is_a_header_with_the_transaction_id() =>
        Assert.Equal("000100002112A442" + Convert.ToHexString(TransactionId), Convert.ToHexString(StunMessage.WriteRequest(TransactionId)));

    [Fact]
    public void An_answer_to_another_request_is_not_believed()
    {
        var other = (byte[])TransactionId.Clone();
        other[^1] ^= 1;
        Assert.False(StunMessage.TryReadResponse(Convert.FromHexString(IPv4Response), other, out _));
    }

    [Fact]
    public void Cut_or_altered_answers_never_throw_and_cut_ones_are_not_believed()
    {
        var whole = Convert.FromHexString(IPv6Response);
        for (var length = 0; length < whole.Length; length++)
            Assert.False(StunMessage.TryReadResponse(whole.AsSpan(0, length), TransactionId, out _));
        var random = new Random(5);
        for (var i = 0; i < 100_000; i++)
        {
            var altered = (byte[])whole.Clone();
            for (var j = random.Next(1, 5); j > 0; j--)
                altered[random.Next(20, altered.Length)] = (byte)random.Next(256);
            StunMessage.TryReadResponse(altered, TransactionId, out _);
        }
    }
}
