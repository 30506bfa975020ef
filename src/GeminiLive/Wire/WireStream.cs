using System.Runtime.CompilerServices;

namespace GeminiLive.Wire;

/// <summary>A wire as the stream below TLS: what has come is taken from the system with one call, and lies in a small buffer until TLS asks for it.</summary>
/// <remarks>
/// TLS waits with an empty read before it rents the 32 KB for a record; here that wait ends when the record's bytes are read already, so waiting costs the
/// small buffer only. Cancellation is the wire's <see cref="IWire.Abort"/>. Allocates only when built.
/// </remarks>
/// <param name="wire">Belongs to the stream.</param>
internal sealed class WireStream(IWire wire) : Stream
{
    // Model audio of 60 ms with what JSON and TLS add.
    private const int InputBytes = 4 * 1024;

    private readonly byte[] _input = new byte[InputBytes];
    private int _start;
    private int _end;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <remarks>An empty buffer waits until something has come.</remarks>
    /// <exception cref="IOException">The connection is lost.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _start < _end ? new(Take(buffer.Span)) : FillAsync(buffer);

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection is lost.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!await wire.WriteAsync(buffer))
            throw Loss();
    }

    /// <summary>TLS's last word to a server that it does not trust: short, and sent only if there is room.</summary>
    public override void Write(byte[] buffer, int offset, int count) => _ = wire.WriteAsync(buffer.AsSpan(offset, count).ToArray()).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing waits here.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            wire.Dispose();
        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FillAsync(Memory<byte> buffer)
    {
        // Much room is for what is left of a long record: no need for a copy.
        var isDirect = buffer.Length >= _input.Length;
        var received = await wire.ReadAsync(isDirect ? buffer : _input);
        if (received < 0)
            throw Loss();
        if (isDirect)
            return received;
        (_start, _end) = (0, received);
        return Take(buffer.Span);
    }

    private int Take(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _end - _start);
        _input.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private IOException Loss() => new(wire.Error ?? "the connection is lost");
}
