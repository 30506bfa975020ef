using System.Buffers;
using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

/// <summary>What holds for all bytes: parser and framer never throw, work is bounded by size, and writing loses nothing.</summary>
public sealed class MessagePropertyTests
{
    private const int AllocationPerByte = 16;
    private const int AllocationBase = 16_384;

    private static readonly byte[][] Corpus = [.. TortureFiles.Names.Select(TortureFiles.Read)];

    public static TheoryData<int> Seeds => [1, 2, 3, 4];

    /// <summary>Texts that make naive scanners look twice at everything.</summary>
    public static TheoryData<string> Tedious => ["<", ">", "\"", "\\", ",", ";", ";a", ";a=\"", "%41", "%", " ", "\r\n ", "<\"", "a,", "sip:a@b,", "[", "\\\"", "&", "?a=b"];

    [Fact]
    public void Arbitrary_bytes_never_throw() =>
        Prop.ForAll<byte[]>(bytes => SipParser.Parse(bytes) is { Message: null, Failure: not null } or { Message: not null, Failure: null })
            .QuickCheckThrowOnFailure();

    [Theory, MemberData(nameof(Seeds))]
    public void Damaged_messages_never_throw_cost_little_and_survive_writing(int seed)
    {
        var mutation = new Mutation(seed);
        var parsed = 0;
        for (var round = 0; round < 4_000; round++)
        {
            var bytes = mutation.Damage(mutation.Pick(Corpus));

            var result = ParseWithinBounds(bytes);

            if (result.Failure?.Answerable is { } request)
                MessageText.Write(SipResponse.For(request, 400, toTag: "t"));
            if (result.Message is null || bytes.Length > SipLimits.MaxHeaderBytes)
                continue;   // a line at the limit may be one byte longer when written
            parsed++;
            MessageText.AssertSame(result.Message, MessageText.Parse(MessageText.Write(result.Message)));
        }
        Assert.True(parsed > 500, $"Only {parsed} damaged messages were still messages.");
    }

    [Theory, MemberData(nameof(Tedious))]
    public void Tedious_messages_cost_little(string fragment)
    {
        foreach (var name in new[] { "Via", "Contact", "From", "Subject", "CSeq", "m", "Route" })
            ParseWithinBounds(Encoding.UTF8.GetBytes(TediousMessage(name, fragment)));
    }

    [Theory, MemberData(nameof(Tedious))]
    public void Work_on_a_value_grows_with_its_length_only(string fragment)
    {
        // Far beyond what the limits let through: even a vectorised quadratic scan of it takes several seconds.
        var tedious = string.Concat(Enumerable.Repeat(fragment, 1_000_000 / fragment.Length));
        var unfolded = tedious.Replace('\r', ' ').Replace('\n', ' ');
        foreach (var start in new[] { "", "\"", "sip:", "sip:a@h", "<sip:a@h>", "SIP/2.0/UDP h", "x" })
        {
            var headers = new SipHeaders();
            headers.Add("X", start + unfolded);
            AssertFast(() => headers.GetValues("X").Count > 0);
            AssertFast(() => SipUri.TryParse(start + tedious, out _));
            AssertFast(() => NameAddress.TryParse(start + tedious, out _));
            AssertFast(() => Via.TryParse(start + tedious, out _));
            AssertFast(() => CSeq.TryParse(start + tedious, out _));
            AssertFast(() => PercentEncoding.Unescape(start + tedious).Length > 0);
            AssertFast(() => HeaderLineReader.TryDecode(Encoding.UTF8.GetBytes(start + tedious), out _));
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Damaged_streams_are_cut_alike_however_they_arrive(int seed)
    {
        var mutation = new Mutation(seed);
        for (var round = 0; round < 1_000; round++)
        {
            var stream = mutation.Damage([.. mutation.Pick(Corpus), .. mutation.Pick(Corpus), .. "\r\n\r\n"u8, .. mutation.Pick(Corpus)]);

            Assert.Equal(Cut(stream, () => stream.Length), Cut(stream, () => mutation.UpTo(300)));
        }
    }

    private static SipParseResult ParseWithinBounds(byte[] bytes)
    {
        var result = Parse(bytes, out var allocated);
        if (allocated > Bound(bytes))
            result = Parse(bytes, out allocated);   // the first use of a type pays for its static fields too
        Assert.True(allocated <= Bound(bytes), $"{allocated} bytes allocated for {bytes.Length}.");
        return result;
    }

    private static long Bound(byte[] bytes) => (AllocationPerByte * bytes.Length) + AllocationBase;

    private static SipParseResult Parse(byte[] bytes, out long allocated)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = SipParser.Parse(bytes);
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return result;
    }

    private static void AssertFast(Func<bool> parse)
    {
        var started = Stopwatch.GetTimestamp();
        _ = parse();   // either outcome will do
        var elapsed = Stopwatch.GetElapsedTime(started);
        Assert.True(elapsed < TimeSpan.FromSeconds(2), $"Took {elapsed.TotalMilliseconds} ms.");
    }

    private static string TediousMessage(string name, string fragment)
    {
        var text = new StringBuilder("INVITE sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n");
        var line = $"{name}: <sip:a@h>{string.Concat(Enumerable.Repeat(fragment, 8_000 / fragment.Length))}\r\n";
        while (text.Length + line.Length < SipLimits.MaxMessageBytes)
            text.Append(line);
        return text.Append("\r\n").ToString();
    }

    private static List<string> Cut(byte[] stream, Func<int> nextChunkBytes)
    {
        var framer = new SipStreamFramer();
        var found = new List<string>();
        var start = 0;
        for (var end = 0; end < stream.Length;)
        {
            end = Math.Min(stream.Length, end + nextChunkBytes());
            var buffer = new ReadOnlySequence<byte>(stream, start, end - start);
            while (framer.TryRead(ref buffer, out var message) is var frame and not SipFrame.Incomplete)
            {
                found.Add($"{frame} {framer.Failure?.Reason} {Convert.ToHexString(message.ToArray())}");
                if (frame == SipFrame.Failed)
                    return found;
            }
            start = end - (int)buffer.Length;
        }
        return found;
    }
}
