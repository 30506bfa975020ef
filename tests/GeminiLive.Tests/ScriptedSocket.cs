using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace GeminiLive.Tests;

/// <summary>A Live server without a network: the test says what the server sends and looks at what the client sent.</summary>
/// <remarks>Inline, the client runs on the test's own thread.</remarks>
internal sealed class ScriptedSocket(Pulse pulse, bool isInline = false) : ILiveSocket
{
    private readonly Channel<(byte[] Bytes, bool End)> _incoming = Channel.CreateUnbounded<(byte[], bool)>(
        new UnboundedChannelOptions { AllowSynchronousContinuations = isInline });
    private readonly List<string> _sent = [];
    private readonly TaskCompletionSource<bool> _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _rest;
    private bool _restEnds;
    private int _hasEnded;

    public int? CloseCode { get; private set; }

    public string CloseReason { get; private set; } = "";

    public bool IsAborted { get; private set; }

    public bool IsClosedByClient { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>False leaves the client's close frame without an answer.</summary>
    public bool AnswersClose { get; init; } = true;

    public bool AnswersSetup { get; init; } = true;

    /// <summary>True leaves sends unfinished until the socket is aborted.</summary>
    public bool IsStuck { get; set; }

    public IReadOnlyList<string> Sent
    {
        get
        {
            lock (_sent)
                return [.. _sent];
        }
    }

    public IEnumerable<string> SentControl => Sent.Where(m => !m.StartsWith("{\"realtimeInput\":{\"audio\"", StringComparison.Ordinal));

    public int SentAudio => Sent.Count(m => m.StartsWith("{\"realtimeInput\":{\"audio\"", StringComparison.Ordinal));

    public JsonElement Setup => JsonDocument.Parse(Sent[0]).RootElement.GetProperty("setup");

    public void Says(string json) => _incoming.Writer.TryWrite((Encoding.UTF8.GetBytes(json), true));

    public void SaysInPieces(string json, int pieceBytes)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        for (var i = 0; i < bytes.Length; i += pieceBytes)
            _incoming.Writer.TryWrite((bytes[i..Math.Min(bytes.Length, i + pieceBytes)], i + pieceBytes >= bytes.Length));
    }

    public void SaysAudio(short[] pcm, string extra = "") =>
        Says($$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"{{{Base64(pcm)}}}"}}]}{{{extra}}}}}""");

    public void Closes(int? code, string reason = "")
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
            (CloseCode, CloseReason) = (code, reason);
        _incoming.Writer.TryComplete();
    }

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message)
    {
        var text = Encoding.UTF8.GetString(message.Span);
        lock (_sent)
            _sent.Add(text);
        if (AnswersSetup && text.StartsWith("{\"setup\"", StringComparison.Ordinal))
            Says("""{"setupComplete":{}}""");
        pulse.Signal();
        if (IsStuck)
            return new(_aborted.Task);
        return new(!IsAborted && !IsDisposed);
    }

    public async ValueTask<LiveRead> ReadAsync(Memory<byte> buffer)
    {
        if (_rest.IsEmpty)
        {
            if (!await _incoming.Reader.WaitToReadAsync() || !_incoming.Reader.TryRead(out var piece))
                return new LiveRead(0, EndOfMessage: true, IsClosed: true);
            (_rest, _restEnds) = piece;
        }
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return new LiveRead(count, _restEnds && _rest.IsEmpty, IsClosed: false);
    }

    public ValueTask CloseOutputAsync()
    {
        IsClosedByClient = true;
        if (AnswersClose)
            Closes(1000);
        pulse.Signal();
        return default;
    }

    public void Abort()
    {
        IsAborted = true;
        Interlocked.Exchange(ref _hasEnded, 1);   // no answer to a close frame comes any more
        _aborted.TrySetResult(false);
        _incoming.Writer.TryComplete();
        pulse.Signal();
    }

    public void Dispose()
    {
        IsDisposed = true;
        pulse.Signal();
    }

    public static string Base64(short[] pcm)
    {
        var bytes = new byte[pcm.Length * 2];
        Buffer.BlockCopy(pcm, 0, bytes, 0, bytes.Length);
        return Convert.ToBase64String(bytes);
    }
}
