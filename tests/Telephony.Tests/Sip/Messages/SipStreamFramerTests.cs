using System.Buffers;
using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

public sealed class SipStreamFramerTests
{
    private const string Options = "OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n\r\n";
    private const string WithBody = "MESSAGE sip:a@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK2\r\nl : \r\n  5\r\n\r\na\r\n\r\n";
    private const string BareLf = "BYE sip:a@h SIP/2.0\nVia: SIP/2.0/TCP h\nCONTENT-LENGTH: 2\n\nxy";

    public static TheoryData<int> ChunkSizes => [1, 2, 3, 5, 7, 16, 64, 1_000];

    [Theory, MemberData(nameof(ChunkSizes))]
    public void Any_chunking_gives_the_same_messages(int chunkBytes)
    {
        var stream = $"\r\n{Options}{WithBody}\r\n\r\n\r\n{BareLf}\r\n\r\n\n\n{Options}";

        Assert.Equal(
            [Options, WithBody, "<ping>", BareLf, "<ping>", "<ping>", Options],
            Cut(stream, () => chunkBytes));
    }

    [Fact]
    public void Random_chunking_gives_the_same_messages()
    {
        var random = new Random(4711);
        string[] parts = [Options, WithBody, BareLf];
        for (var round = 0; round < 200; round++)
        {
            var messages = Enumerable.Range(0, random.Next(1, 8)).Select(_ => parts[random.Next(parts.Length)]).ToArray();

            Assert.Equal(messages, Cut(string.Concat(messages), () => random.Next(1, 120)));
        }
    }

    [Theory]
    [InlineData("X: 1\r\nContent-Length: 5\r\nl: 6\r\n", 400)]
    [InlineData("Content-Length: -5\r\n", 400)]
    [InlineData("Content-Length: five\r\n", 400)]
    [InlineData("Content-Length: 65536\r\n", 413)]
    [InlineData("Content-Length: 99999999999\r\n", 400)]
    public void Length_that_cannot_be_trusted_ends_the_stream_with_an_answer(string lines, int statusCode)
    {
        var framer = new SipStreamFramer();
        var buffer = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(Options.Replace("\r\n\r\n", "\r\n" + lines + "\r\n")));

        Assert.Equal(SipFrame.Failed, framer.TryRead(ref buffer, out _));
        Assert.Equal(SipFrame.Failed, framer.TryRead(ref buffer, out _));
        Assert.Equal(statusCode, framer.Failure!.StatusCode);
        Assert.Equal("z9hG4bK1", framer.Failure.Answerable!.TopVia.Branch);
    }

    [Fact]
    public void Head_without_end_is_refused_once_it_is_too_long()
    {
        var framer = new SipStreamFramer();
        var head = Options[..^2] + "X: " + new string('x', SipLimits.MaxMessageBytes);
        var whole = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(head));
        var buffer = whole.Slice(0, SipLimits.MaxMessageBytes);

        Assert.Equal(SipFrame.Incomplete, framer.TryRead(ref buffer, out _));
        Assert.Equal(SipFrame.Failed, framer.TryRead(ref whole, out _));
        Assert.Equal(513, framer.Failure!.StatusCode);
        Assert.Equal("z9hG4bK1", framer.Failure.Answerable!.TopVia.Branch);
    }

    [Fact]
    public void Largest_message_passes()
    {
        var head = Options.Replace("\r\n\r\n", "\r\nContent-Length: 00000\r\n\r\n");
        var message = head.Replace("00000", (SipLimits.MaxMessageBytes - head.Length).ToString()) + new string('x', SipLimits.MaxMessageBytes - head.Length);

        Assert.Equal([message], Cut(message, () => 4_000));
    }

    [Fact]
    public void Trickling_head_costs_linear_time()
    {
        var framer = new SipStreamFramer();
        var head = Encoding.UTF8.GetBytes("INVITE sip:a@h SIP/2.0\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 10_000)));
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var bytes = 1; bytes <= head.Length; bytes++)
        {
            var buffer = new ReadOnlySequence<byte>(head, 0, bytes);
            Assert.True(framer.TryRead(ref buffer, out _) == SipFrame.Incomplete);
        }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 16_384);
    }

    /// <summary>Feeds the stream in chunks, each a segment of its own, and lists what comes out.</summary>
    private static List<string> Cut(string stream, Func<int> nextChunkBytes)
    {
        var framer = new SipStreamFramer();
        var bytes = Encoding.UTF8.GetBytes(stream);
        var found = new List<string>();
        var pending = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var take = Math.Min(nextChunkBytes(), bytes.Length - at);
            pending.Add(bytes[at..(at + take)]);
            at += take;
            var buffer = Segment.Join(pending);
            while (framer.TryRead(ref buffer, out var message) is var frame and not SipFrame.Incomplete)
            {
                Assert.NotEqual(SipFrame.Failed, frame);
                found.Add(frame == SipFrame.Ping ? "<ping>" : Encoding.UTF8.GetString(message));
            }
            if (buffer.Length < pending.Sum(chunk => chunk.Length))
                pending = buffer.IsEmpty ? [] : [buffer.ToArray()];
        }
        return found;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Join(List<byte[]> chunks)
        {
            var first = new Segment { Memory = chunks[0] };
            var last = first;
            foreach (var chunk in chunks.Skip(1))
            {
                var next = new Segment { Memory = chunk, RunningIndex = last.RunningIndex + last.Memory.Length };
                last.Next = next;
                last = next;
            }
            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
