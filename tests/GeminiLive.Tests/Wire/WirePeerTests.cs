using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using FsCheck;
using FsCheck.Fluent;
using GeminiLive.Wire;
using Support;

namespace GeminiLive.Tests.Wire;

/// <summary>Our WebSocket against the framework's as the reference: what one writes the other reads, in memory, over TCP and over TLS, also when it does not read for a while.</summary>
public sealed class WirePeerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Framework_reads_every_message_that_we_write() => Prop.ForAll<byte[], int>((bytes, padding) =>
    {
        var message = (byte[])[.. bytes, .. new byte[Math.Abs(padding % 70_000)]];
        using var stream = new MemoryStream();
        Assert.True(Over(stream).SendAsync(Ascii(message)).Now());
        stream.Position = 0;
        using var peer = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        var buffer = new byte[message.Length + 1];
        var length = 0;
        while (peer.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).Now() is var read && (length += read.Count) >= 0 && !read.EndOfMessage)
        {
        }
        return buffer.AsSpan(0, length).SequenceEqual(Ascii(message));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void We_read_every_message_that_the_framework_writes() => Prop.ForAll<byte[][], bool, int>((parts, isText, padding) =>
    {
        using var stream = new MemoryStream();
        using var peer = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        byte[][] all = [.. parts.Select(part => part ?? []), new byte[Math.Abs(padding % 70_000)]];
        for (var i = 0; i < all.Length; i++)
            peer.SendAsync(Ascii(all[i]), isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, i == all.Length - 1, CancellationToken.None).Wait();
        stream.Position = 0;
        var expected = all.SelectMany(Ascii).ToArray();
        var (buffer, length) = (new byte[expected.Length + 1], 0);
        var socket = Over(stream);
        while (socket.ReadAsync(buffer.AsMemory(length)).Now() is { IsClosed: false } read && (length += read.Bytes) >= 0 && !read.EndOfMessage)
        {
        }
        return buffer.AsSpan(0, length).SequenceEqual(expected);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_of_all_sizes_come_back_from_an_echo_and_the_close_is_agreed_on(bool isSecure)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("127.0.0.1");
        WebSocketCloseStatus? seen = null;
        await using var server = new RawServer(async (stream, request) =>
        {
            using var peer = await RawServer.UpgradedAsync(stream, request);
            await EchoAsync(peer);
            seen = peer.CloseStatus;
            await peer.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        }, isSecure ? certificate : null);
        using var socket = await ConnectAsync(server, authority);
        var random = new Random(7);
        int[] sizes = [0, 1, 125, 126, 4_081, 4_082, 4_096, 65_535, 65_536, 300_000, .. Enumerable.Range(0, 50).Select(_ => random.Next(5_000))];
        foreach (var size in sizes)
        {
            var message = new byte[size];
            random.NextBytes(message);
            message = Ascii(message);
            Assert.True(await socket.SendAsync(message));
            Assert.Equal(message, await ReadAsync(socket));
        }
        await socket.CloseOutputAsync();
        var last = await socket.ReadAsync(new byte[10]).AsTask().WaitAsync(Patience);

        Assert.Equal((true, 1000, "bye"), (last.IsClosed, socket.CloseCode, socket.CloseReason));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Peer_that_does_not_read_holds_up_the_message_and_nobody_else(bool isSecure)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("127.0.0.1");
        var (mayRead, heard) = (new TaskCompletionSource(), new TaskCompletionSource<List<byte[]>>());
        await using var server = new RawServer(async (stream, request) =>
        {
            using var peer = await RawServer.UpgradedAsync(stream, request);
            for (var i = 0; i < 1_000; i++)
                await stream.WriteAsync(ClientFrames.OfServer(0x89, BitConverter.GetBytes(i)));   // asks, and reads no answer
            await stream.WriteAsync(ClientFrames.OfServer(0x81, "asked"u8));
            await mayRead.Task;
            heard.SetResult(await HearAsync(peer));
        }, isSecure ? certificate : null);
        using var socket = await ConnectAsync(server, authority);
        var (sent, pending) = (0, Task.FromResult(true));
        while (pending.IsCompleted && await pending)
            pending = socket.SendAsync(Numbered(sent++)).AsTask();
        Assert.Equal("asked"u8.ToArray(), await ReadAsync(socket));
        mayRead.SetResult();
        Assert.True(await pending.WaitAsync(Patience));
        for (var i = 0; i < 5; i++)
            Assert.True(await socket.SendAsync(Numbered(sent++)));
        await socket.CloseOutputAsync();
        var messages = await heard.Task.WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(0, sent), messages.Select(message => BitConverter.ToInt32(message)));
        Assert.All(messages, message => Assert.Equal(100_000, message.Length));
    }

    [Fact]
    public async Task Message_that_is_stuck_ends_with_the_connection()
    {
        var gone = new TaskCompletionSource();
        await using var server = new RawServer(async (stream, request) =>
        {
            using var peer = await RawServer.UpgradedAsync(stream, request);
            await gone.Task;
        });
        using var socket = await ConnectAsync(server, authority: null);
        var sending = Task.FromResult(true);
        while (sending.IsCompleted && await sending)
            sending = socket.SendAsync(new byte[100_000]).AsTask();
        var reading = socket.ReadAsync(new byte[10]).AsTask();
        socket.Abort();

        Assert.False(await sending.WaitAsync(Patience));
        Assert.True((await reading.WaitAsync(Patience)).IsClosed);
        Assert.Equal((null, "aborted"), (socket.CloseCode, socket.CloseReason));
        Assert.False(await socket.SendAsync("{}"u8.ToArray()));
        gone.SetResult();
    }

    private static async Task<ILiveSocket> ConnectAsync(RawServer server, TestAuthority? authority)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(authority?.Trusted ?? []);
        var attempt = await new WebSocketConnector(new LiveOptions()) { Trust = trust }.ConnectAsync(server.Address, RawServer.NoHeaders, CancellationToken.None).WaitAsync(Patience);
        Assert.Null(attempt.Error);
        return attempt.Socket!;
    }

    private static FramedSocket Over(Stream stream) => new(new StreamWire(stream, () => { }), [], new LiveOptions(), new ManualTimeProvider());

    // Text must be UTF-8.
    private static byte[] Ascii(byte[] bytes) => [.. bytes.Select(one => (byte)(one & 0x7F))];

    private static byte[] Numbered(int number)
    {
        var message = new byte[100_000];
        BitConverter.TryWriteBytes(message, number);
        return message;
    }

    private static async Task<byte[]> ReadAsync(ILiveSocket socket)
    {
        var (message, buffer) = (new List<byte>(), new byte[4096]);
        while (true)
        {
            var read = await socket.ReadAsync(buffer).AsTask().WaitAsync(Patience);
            Assert.False(read.IsClosed, socket.CloseReason);
            message.AddRange(buffer.AsSpan(0, read.Bytes));
            if (read.EndOfMessage)
                return [.. message];
        }
    }

    /// <summary>Sends each piece back as a fragment of its own.</summary>
    private static async Task EchoAsync(WebSocket peer)
    {
        var buffer = new byte[3_000];
        while (await peer.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } read)
            await peer.SendAsync(buffer.AsMemory(0, read.Count), read.MessageType, read.EndOfMessage, CancellationToken.None);
    }

    private static async Task<List<byte[]>> HearAsync(WebSocket peer)
    {
        var (messages, message, buffer) = (new List<byte[]>(), new List<byte>(), new byte[64 * 1024]);
        while (await peer.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } read)
        {
            message.AddRange(buffer.AsSpan(0, read.Count));
            if (!read.EndOfMessage)
                continue;
            messages.Add([.. message]);
            message.Clear();
        }
        return messages;
    }
}
