using GeminiLive.Wire;

namespace GeminiLive.Tests.Wire;

/// <summary>A server's bytes, in the pieces that the test gives them, and what the client sent; everything happens at once, on the test's thread.</summary>
internal sealed class ScriptedWire(params byte[][] pieces) : IWire
{
    private readonly Queue<ReadOnlyMemory<byte>> _pieces = new(pieces.Select(piece => (ReadOnlyMemory<byte>)piece));
    private readonly List<byte> _sent = [];

    public string? Error => null;

    /// <summary>Frames that the client sent: opcode and unmasked payload.</summary>
    public IReadOnlyList<(int Opcode, byte[] Payload)> Sent => ClientFrames.Read([.. _sent]);

    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (_pieces.Count == 0)
            return new(0);
        var piece = _pieces.Peek();
        var count = Math.Min(piece.Length, buffer.Length);
        piece[..count].CopyTo(buffer);
        _pieces.Dequeue();
        if (count < piece.Length)
            PutBack(piece[count..]);
        return new(count);
    }

    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        _sent.AddRange(bytes.Span);
        return new(true);
    }

    public void Abort() => _pieces.Clear();

    public void Dispose()
    {
    }

    private void PutBack(ReadOnlyMemory<byte> rest)
    {
        var later = _pieces.ToArray();
        _pieces.Clear();
        _pieces.Enqueue(rest);
        foreach (var piece in later)
            _pieces.Enqueue(piece);
    }
}
