using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Benchmarks.Capacity;

/// <summary>One connection of the <see cref="LiveStandIn"/>: upgrade, setup, then frames both ways until either side closes.</summary>
internal sealed class LiveStandInSession(Stream stream, X509Certificate2? certificate, LoadPacer pacer, int number) : IDisposable
{
    private const byte TextFrame = 0x1;
    private const byte CloseFrame = 0x8;
    private const byte PingFrame = 0x9;
    private const int LeastAudioBytes = 600;
    private const int JsonBytes = 74;   // around the base64 text of a message with audio
    private const string AcceptSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";   // RFC 6455 section 1.3

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(50);
    private static readonly byte[] SetupComplete = LiveVoice.Frame("""{"setupComplete":{}}""");
    private static readonly byte[] Goodbye = [0x88, 2, 0x03, 0xE8];   // close, code 1000

    private readonly Lock _sending = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private int _step = number * 13;
    private bool _isSetUp;
    private volatile bool _isOver;

    /// <summary>Messages of caller audio, and the bytes of their base64 text.</summary>
    public long Messages { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Serves until the connection ends.</summary>
    public void Run()
    {
        var phase = -1;
        try
        {
            (stream as SslStream)?.AuthenticateAsServer(certificate!);
            Upgrade();
            phase = pacer.Add(Speak);
            while (ReadFrame())
                Rest();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client has gone.
        }
        _isOver = true;
        if (phase >= 0)
            pacer.Remove(phase, Speak);
    }

    public void Dispose()
    {
        _isOver = true;
        stream.Dispose();
    }

    // Called every 20 ms; a message has 40 ms of audio.
    private void Speak()
    {
        if (!Volatile.Read(ref _isSetUp) || _isOver || ++_step % 2 != 0)
            return;
        try
        {
            Send(LiveVoice.Script[_step / 2 % LiveVoice.Script.Count]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _isOver = true;
        }
    }

    // What comes meanwhile waits in the socket and wakes nobody: over loopback that would be charged to the program that sent it, which no network card does.
    private void Rest()
    {
        if (_isSetUp && _end == _start)
            Thread.Sleep(Round);
    }

    private void Send(ReadOnlySpan<byte> frames)
    {
        lock (_sending)
            stream.Write(frames);
    }

    private void Upgrade()
    {
        int length;
        while ((length = _buffer.AsSpan(0, _end).IndexOf("\r\n\r\n"u8)) < 0)
            Fill();
        var request = Encoding.ASCII.GetString(_buffer, 0, length);
        var key = request.Split("\r\n").First(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase)).Split(':')[1].Trim();
#pragma warning disable CA5350 // RFC 6455 says SHA-1; nothing is kept secret by it.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSalt)));
#pragma warning restore CA5350
        _start = length + 4;
        Send(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
    }

    // A frame of a client: two bytes, perhaps two or eight of length, four of mask, payload (RFC 6455 section 5.2).
    private bool ReadFrame()
    {
        Require(2);
        var kind = _buffer[_start] & 0x0F;
        var length = _buffer[_start + 1] & 0x7F;
        var header = length < 126 ? 6 : length == 126 ? 8 : 14;
        Require(header);
        if (length == 126)
            length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start + 2));
        else if (length == 127)
            length = (int)BinaryPrimitives.ReadUInt64BigEndian(_buffer.AsSpan(_start + 2));
        Require(header + length);
        var payload = _buffer.AsSpan(_start + header, length);
        var isOpen = Take(kind, payload, _buffer.AsSpan(_start + header - 4, 4));
        _start += header + length;
        return isOpen;
    }

    private bool Take(int kind, Span<byte> payload, ReadOnlySpan<byte> mask)
    {
        if (kind == CloseFrame)
        {
            _isOver = true;
            Send(Goodbye);
            return false;
        }
        if (kind == PingFrame)
            Answer(payload, mask);
        if (kind != TextFrame)
            return true;
        if (!_isSetUp)
        {
            Send(SetupComplete);
            Volatile.Write(ref _isSetUp, true);
        }
        else if (payload.Length > LeastAudioBytes)
        {
            Messages++;
            Bytes += payload.Length - JsonBytes;
        }
        return true;
    }

    private void Answer(Span<byte> ping, ReadOnlySpan<byte> mask)
    {
        for (var i = 0; i < ping.Length; i++)
            ping[i] ^= mask[i % 4];
        Send([0x8A, (byte)ping.Length, .. ping]);
    }

    private void Require(int bytes)
    {
        while (_end - _start < bytes)
            Fill();
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        var read = _end < _buffer.Length ? stream.Read(_buffer, _end, _buffer.Length - _end) : 0;
        if (read == 0)
            throw new EndOfStreamException();
        _end += read;
    }
}
