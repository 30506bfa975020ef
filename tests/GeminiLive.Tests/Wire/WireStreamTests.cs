using GeminiLive.Wire;

namespace GeminiLive.Tests.Wire;

/// <summary>The stream below TLS: it waits without the room for a record, loses no byte between its own buffer and the reader's, and tells ends and losses as TLS expects them.</summary>
public sealed class WireStreamTests
{
    [Fact]
    public async Task Empty_read_waits_for_bytes_and_the_next_one_has_them_at_once()
    {
        var wire = new SlowWire();
        await using var stream = new WireStream(wire);
        var waiting = stream.ReadAsync(Memory<byte>.Empty);
        Assert.False(waiting.IsCompleted);
        wire.Deliver([1, 2, 3]);

        Assert.Equal(0, await waiting);
        var buffer = new byte[32 * 1024];
        Assert.Equal(3, stream.ReadAsync(buffer).Now());
        Assert.Equal([1, 2, 3], buffer[..3]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(4_095)]
    [InlineData(4_096)]
    [InlineData(32_768)]
    public void Bytes_come_whole_and_in_turn_whatever_room_the_reader_gives(int room)
    {
        var bytes = new byte[50_000];
        new Random(3).NextBytes(bytes);
        using var stream = new WireStream(new ScriptedWire(bytes[..10], bytes[10..20_000], bytes[20_000..]));
        var (read, buffer) = (new List<byte>(), new byte[room]);
        while (true)
        {
            Assert.Equal(0, stream.ReadAsync(Memory<byte>.Empty).Now());
            var count = stream.ReadAsync(buffer).Now();
            if (count == 0)
                break;
            read.AddRange(buffer.AsSpan(0, count));
        }

        Assert.Equal(bytes, read);
        Assert.Equal(0, stream.ReadAsync(buffer).Now());
    }

    [Fact]
    public async Task Loss_is_what_streams_throw_with_the_wires_words()
    {
        await using var stream = new WireStream(new SlowWire { Error = "reset by somebody" });
        Assert.Equal("reset by somebody", (await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[5_000]).AsTask())).Message);
        Assert.Equal("reset by somebody", (await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(new byte[1]).AsTask())).Message);
    }

    [Fact]
    public async Task Stream_takes_its_wire_along()
    {
        var wire = new SlowWire();
        await new WireStream(wire).DisposeAsync();
        Assert.True(wire.IsDisposed);
    }

    /// <summary>A wire on which one read waits until the test delivers; lost once it has an error.</summary>
    private sealed class SlowWire : IWire
    {
        private readonly TaskCompletionSource<byte[]> _delivery = new();

        public string? Error { get; init; }

        public bool IsDisposed { get; private set; }

        public void Deliver(byte[] bytes) => _delivery.SetResult(bytes);

        public async ValueTask<int> ReadAsync(Memory<byte> buffer)
        {
            if (Error is not null)
                return SocketOperation.Lost;
            var bytes = await _delivery.Task;
            bytes.CopyTo(buffer);
            return bytes.Length;
        }

        public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes) => new(Error is null);

        public void Abort() => IsDisposed = true;

        public void Dispose() => IsDisposed = true;
    }
}
