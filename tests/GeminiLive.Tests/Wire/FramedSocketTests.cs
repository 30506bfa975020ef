using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GeminiLive.Wire;
using Support;

namespace GeminiLive.Tests.Wire;

/// <summary>What a server may send, whole and in every split, what it may not, and what it is told then (RFC 6455); row A2 for frames.</summary>
public sealed class FramedSocketTests
{
    private const int Text = 0x81;
    private const int Ping = 0x89;
    private const int Pong = 0x8A;
    private const int Close = 0x88;

    private static readonly byte[] Letters = [.. Enumerable.Range(0, 200).Select(i => (byte)('a' + i % 26))];

    private static readonly byte[] Conversation =
    [
        .. ClientFrames.OfServer(Text, "{}"u8),
        .. ClientFrames.OfServer(Ping, "p1"u8),
        .. ClientFrames.OfServer(0x82, Letters),
        .. ClientFrames.OfServer(Text, []),
        .. ClientFrames.OfServer(0x01, "in "u8), .. ClientFrames.OfServer(Ping, []), .. ClientFrames.OfServer(0x00, []), .. ClientFrames.OfServer(0x00, "three "u8),
        .. ClientFrames.OfServer(Pong, "nobody asked"u8), .. ClientFrames.OfServer(0x80, "parts"u8),
        .. ClientFrames.OfServer(Ping, new byte[125]),
        .. ClientFrames.OfServer(0x82, new byte[130]),
        .. ClientFrames.OfServer(Close, [0x03, 0xF0, .. "too late"u8]),
    ];

    [Fact]
    public void Every_split_of_a_conversation_reads_the_same()
    {
        for (var i = 0; i <= Conversation.Length; i++)
        {
            for (var j = i; j <= Conversation.Length; j += 1 + j - i)
                AssertConversation(Conversation[..i], Conversation[i..j], Conversation[j..]);
        }
    }

    [Fact]
    public void Conversation_reads_the_same_byte_by_byte() => AssertConversation([.. Conversation.Select(one => new[] { one })]);

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(200_000)]
    public void Long_frames_are_whole_whatever_room_the_reader_gives(int room)
    {
        var random = new Random(5);
        var messages = new[] { 100_000, 65_535, 65_536, 4_096, 4_095, 126, 1 }.Select(bytes => RandomBytes(random, bytes)).ToArray();
        var bytes = messages.SelectMany(message => ClientFrames.OfServer(0x82, message)).ToArray();
        var (read, socket) = ReadAll(new ScriptedWire(Pieces(random, bytes, 20_000)), room);

        Assert.Equal(messages, read);
        Assert.Contains("without a close frame", socket.CloseReason, StringComparison.Ordinal);
    }

    public static TheoryData<string, int, string> BadFrames => new()
    {
        { "C100", 1002, "reserved bits" },
        { "9100", 1002, "reserved bits" },
        { "818001020304", 1002, "a masked frame" },
        { "8300", 1002, "unknown kind" },
        { "8B00", 1002, "unknown kind" },
        { "8F00", 1002, "unknown kind" },
        { "0900", 1002, "control frame in fragments" },
        { "897E0080", 1002, "more than 125" },
        { "8000", 1002, "fragment of no message" },
        { "01008100", 1002, "message within a message" },
        { "827F8000000000000000", 1002, "negative length" },
        { "827F7FFFFFFFFFFFFFFF", 1009, "more than 1000 bytes" },
        { "827E03E9", 1009, "more than 1000 bytes" },
        { "0101610100", 1002, "message within a message" },
        { "880103", 1002, "half a code" },
        { "880203E7", 1002, "code 999" },
        { "880203EC", 1002, "code 1004" },
        { "880203EE", 1002, "code 1006" },
        { "880203F7", 1002, "code 1015" },
        { "880207D0", 1002, "code 2000" },
        { "88021388", 1002, "code 5000" },
    };

    [Theory, MemberData(nameof(BadFrames))]
    public void Server_that_keeps_no_rules_is_told_and_left(string hex, int code, string words)
    {
        var wire = new ScriptedWire(Convert.FromHexString(hex), ClientFrames.OfServer(Text, "never read"u8));
        var (read, socket) = ReadAll(wire, 100, maxMessageBytes: 1000);

        Assert.DoesNotContain(read, message => message.Length > 1);
        Assert.Null(socket.CloseCode);
        Assert.Contains(words, socket.CloseReason, StringComparison.Ordinal);
        Assert.Equal((0x8, code), OnlyClose(wire));
        Assert.False(socket.SendAsync("{}"u8.ToArray()).Now());
    }

    [Fact]
    public void Fragments_count_together_against_the_largest_message()
    {
        var wire = new ScriptedWire([.. ClientFrames.OfServer(0x02, new byte[600]), .. ClientFrames.OfServer(0x80, new byte[401])]);
        ReadAll(wire, 2000, maxMessageBytes: 1000);
        Assert.Equal((0x8, 1009), OnlyClose(wire));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1008)]
    [InlineData(1011)]
    [InlineData(1013)]
    [InlineData(4999)]
    public void Close_is_read_and_answered_with_its_code(int code)
    {
        var wire = new ScriptedWire(ClientFrames.OfServer(Close, [(byte)(code >> 8), (byte)code, .. "why, ä"u8]));
        var (_, socket) = ReadAll(wire, 100);

        Assert.Equal((code, "why, ä"), (socket.CloseCode, socket.CloseReason));
        Assert.Equal((0x8, code), OnlyClose(wire));
    }

    [Fact]
    public void Words_cut_in_the_middle_of_a_letter_cost_neither_the_code_nor_the_words()
    {
        var wire = new ScriptedWire(ClientFrames.OfServer(Close, [0x03, 0xF0, .. "quota f"u8, 0xC3]));
        var (_, socket) = ReadAll(wire, 100);

        Assert.Equal((1008, "quota f\uFFFD"), (socket.CloseCode, socket.CloseReason));
        Assert.Equal((0x8, 1007), OnlyClose(wire));
    }

    [Fact]
    public void Code_that_no_server_may_send_costs_not_the_words()
    {
        var (_, socket) = ReadAll(new ScriptedWire(ClientFrames.OfServer(Close, [0x03, 0xED, .. "out of quota"u8])), 100);
        Assert.Equal((null, "a close frame with the code 1005: out of quota"), (socket.CloseCode, socket.CloseReason));
    }

    [Fact]
    public void Close_without_a_code_is_answered_without_one()
    {
        var wire = new ScriptedWire(ClientFrames.OfServer(Close, []));
        var (_, socket) = ReadAll(wire, 100);

        Assert.Equal((null, ""), (socket.CloseCode, socket.CloseReason));
        Assert.Empty(Assert.Single(wire.Sent).Payload);
    }

    [Fact]
    public void Pings_that_come_together_are_answered_by_the_last_and_hold_up_no_message()
    {
        var pings = Enumerable.Range(0, 700).SelectMany(i => ClientFrames.OfServer(Ping, [(byte)(i >> 8), (byte)i]));
        var wire = new ScriptedWire([.. pings, .. ClientFrames.OfServer(Text, "{}"u8)]);
        var (read, _) = ReadAll(wire, 100);

        Assert.Equal("{}"u8.ToArray(), Assert.Single(read));
        var (opcode, payload) = Assert.Single(wire.Sent);
        Assert.Equal((0xA, 699), (opcode, payload[0] << 8 | payload[1]));
    }

    [Theory]
    [InlineData(Ping)]
    [InlineData(Pong)]
    [InlineData(0x00)]   // fragments of the message that a first one began
    public void Flood_of_frames_without_content_ends_the_connection(int opcode)
    {
        byte[] first = opcode == 0x00 ? ClientFrames.OfServer(0x01, []) : [];
        var wire = new ScriptedWire([.. first, .. Enumerable.Repeat(ClientFrames.OfServer(opcode, []), ControlLimit.MaxFrames + 1).SelectMany(frame => frame)], ClientFrames.OfServer(Text, "never read"u8));
        var (read, socket) = ReadAll(wire, 100);

        Assert.Empty(read);
        Assert.Null(socket.CloseCode);
        Assert.StartsWith("a flood: more than 1000 pings", socket.CloseReason, StringComparison.Ordinal);
        Assert.Equal((0x8, 1008), OnlyClose(wire));
    }

    [Fact]
    public void As_many_pings_as_are_allowed_are_no_flood_however_long_it_goes_on()
    {
        var clock = new ManualTimeProvider();
        byte[] round = [.. Enumerable.Repeat(ClientFrames.OfServer(Ping, []), ControlLimit.MaxFrames).SelectMany(frame => frame), .. ClientFrames.OfServer(Text, "{}"u8)];
        using var socket = new FramedSocket(new EndlessWire(round), [], new LiveOptions(), clock);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(new LiveRead(2, EndOfMessage: true, IsClosed: false), socket.ReadAsync(new byte[10]).Now());
            clock.Advance(ControlLimit.Window);
        }
    }

    [Fact]
    public async Task Our_close_frame_is_the_last_and_comes_once()
    {
        var wire = new ScriptedWire(ClientFrames.OfServer(Ping, "late"u8), ClientFrames.OfServer(Close, [0x03, 0xE8]));
        using var socket = Over(wire);
        await socket.CloseOutputAsync();
        await socket.CloseOutputAsync();

        Assert.False(await socket.SendAsync("{}"u8.ToArray()));
        Assert.True((await socket.ReadAsync(new byte[10])).IsClosed);
        Assert.Equal((0x8, 1000), OnlyClose(wire));
        Assert.Equal(1000, socket.CloseCode);
    }

    [Fact]
    public void Any_bytes_at_all_are_survived() =>
        Prop.ForAll<byte[], byte[]>((first, second) => Survives(first, second)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_mutation_of_a_conversation_is_survived()
    {
        var random = new Random(23);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Conversation.ToArray();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Assert.True(Survives(Pieces(random, bytes, 300)));
        }
    }

    [Fact]
    public void Message_sent_and_message_read_allocate_nothing()
    {
        // The clock stands still, so that pings come seldom enough.
        var endless = new EndlessWire([.. Enumerable.Repeat(ClientFrames.OfServer(0x82, new byte[2_500]), 10).SelectMany(frame => frame), .. ClientFrames.OfServer(Ping, "p"u8)]);
        using var socket = Over(endless);
        var (message, buffer) = (new byte[940], new byte[4096]);

        Assert.Equal(0, Allocations.Of(() =>
        {
            Assert.True(socket.SendAsync(message).Now());
            LiveRead read;
            do
                read = socket.ReadAsync(buffer).Now();
            while (!read.EndOfMessage);
        }));
    }

    private static void AssertConversation(params byte[][] pieces)
    {
        var wire = new ScriptedWire([.. pieces.Where(piece => piece.Length > 0)]);
        var (read, socket) = ReadAll(wire, 64);

        Assert.Equal(["{}", Encoding.ASCII.GetString(Letters), "", "in three parts", new string('\0', 130)], read.Select(Encoding.ASCII.GetString));
        Assert.Equal((1008, "too late"), (socket.CloseCode, socket.CloseReason));
        Assert.Equal([0xA, 0xA, 0xA, 0x8], wire.Sent.Select(frame => frame.Opcode));
        Assert.Equal(["p1"u8.ToArray(), [], new byte[125], [0x03, 0xF0]], wire.Sent.Select(frame => frame.Payload));
    }

    private static bool Survives(params byte[][] pieces)
    {
        var wire = new ScriptedWire([.. pieces.Where(piece => piece.Length > 0)]);
        var (read, socket) = ReadAll(wire, 64, maxMessageBytes: 10_000);
        Assert.InRange(read.Sum(message => message.Length), 0, pieces.Sum(piece => piece.Length));
        Assert.InRange(wire.Sent.Count(frame => frame.Opcode == 0x8), 0, 1);
        return socket.ReadAsync(new byte[1]).Now().IsClosed;
    }

    private static (IReadOnlyList<byte[]> Messages, FramedSocket Socket) ReadAll(ScriptedWire wire, int room, int maxMessageBytes = 1_000_000)
    {
        var socket = Over(wire, maxMessageBytes);
        var (messages, message, buffer) = (new List<byte[]>(), new List<byte>(), new byte[room]);
        while (socket.ReadAsync(buffer).Now() is { IsClosed: false } read)
        {
            message.AddRange(buffer.AsSpan(0, read.Bytes));
            if (!read.EndOfMessage)
                continue;
            messages.Add([.. message]);
            message.Clear();
        }
        socket.Dispose();
        return (messages, socket);
    }

    private static FramedSocket Over(IWire wire, int maxMessageBytes = 1_000_000) =>
        new(wire, [], new LiveOptions(), new ManualTimeProvider(), maxMessageBytes);

    private static (int Opcode, int Code) OnlyClose(ScriptedWire wire)
    {
        var (opcode, payload) = Assert.Single(wire.Sent);
        return (opcode, payload[0] << 8 | payload[1]);
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[][] Pieces(Random random, byte[] bytes, int longest)
    {
        var pieces = new List<byte[]>();
        for (var i = 0; i < bytes.Length;)
        {
            var count = Math.Min(random.Next(1, longest), bytes.Length - i);
            pieces.Add(bytes[i..(i + count)]);
            i += count;
        }
        return [.. pieces];
    }

    private sealed class EndlessWire(byte[] bytes) : IWire
    {
        private int _at;

        public string? Error => null;

        public ValueTask<int> ReadAsync(Memory<byte> buffer)
        {
            var count = Math.Min(buffer.Length, bytes.Length - _at);
            bytes.AsSpan(_at, count).CopyTo(buffer.Span);
            _at = (_at + count) % bytes.Length;
            return new(count);
        }

        public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> frame) => new(true);

        public void Abort()
        {
        }

        public void Dispose()
        {
        }
    }
}
