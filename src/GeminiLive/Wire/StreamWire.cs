using System.Runtime.CompilerServices;
using System.Security.Authentication;

namespace GeminiLive.Wire;

/// <summary>A connection to the server through a stream: TLS, or a pipe in tests.</summary>
/// <param name="stream">Belongs to the wire.</param>
/// <param name="abort">Ends the connection below the stream, from any thread.</param>
internal sealed class StreamWire(Stream stream, Action abort) : IWire
{
    public string? Error { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            return await stream.ReadAsync(buffer);
        }
        catch (Exception e) when (IsLoss(e))
        {
            Error ??= e.Message;
            return SocketOperation.Lost;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await stream.WriteAsync(bytes);
            return true;
        }
        catch (Exception e) when (IsLoss(e))
        {
            Error ??= e.Message;
            return false;
        }
    }

    public void Abort() => abort();

    public void Dispose()
    {
        abort();   // before TLS would say good-bye to a server that does not listen any more
        stream.Dispose();
    }

    // Disposed under our hands by an abort, or TLS that cannot be read.
    private static bool IsLoss(Exception e) => e is IOException or InvalidOperationException or NotSupportedException or AuthenticationException;
}
