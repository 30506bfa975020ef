using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Telephony.Audio;
using Telephony.Codecs;

namespace Benchmarks.Capacity;

/// <summary>The reference: calls answered and bridged to a Live server in the way that comes to mind first, a timer and awaited receives per call, strings and the serializer.</summary>
/// <remarks>A process of its own, as the service is. It knows one caller, the load, and nothing that goes wrong.</remarks>
internal sealed class PlainService(IPEndPoint listen, Uri live) : IDisposable
{
    /// <summary>What starts it on the command line.</summary>
    public const string Verb = "capacity-reference";

    private readonly UdpClient _sip = new(listen);
    private readonly ConcurrentDictionary<string, PlainCall> _calls = new();

    public void Dispose() => _sip.Dispose();

    /// <summary>Runs until the process ends.</summary>
    public async Task RunAsync()
    {
        Console.WriteLine($"Call sip:agent@{listen}");
        while (true)
        {
            var datagram = await _sip.ReceiveAsync();
            var message = Encoding.UTF8.GetString(datagram.Buffer);
            if (message.StartsWith("INVITE", StringComparison.Ordinal) && _calls.TryAdd(Header(message, "Call-ID"), new PlainCall()))
                _ = AnswerAsync(message, datagram.RemoteEndPoint);
            else if (message.StartsWith("BYE", StringComparison.Ordinal))
                await HangUpAsync(message, datagram.RemoteEndPoint);
        }
    }

    private static string Header(string message, string name) =>
        message.Split("\r\n").First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();

    private static string Answer(string request, string headers, string body) =>
        $"SIP/2.0 200 OK\r\nVia: {Header(request, "Via")}\r\nFrom: {Header(request, "From")}\r\nTo: {Header(request, "To").Split(";tag")[0]};tag=plain\r\n" +
        $"Call-ID: {Header(request, "Call-ID")}\r\nCSeq: {Header(request, "CSeq")}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}";

    private async Task AnswerAsync(string invite, IPEndPoint caller)
    {
        var call = _calls[Header(invite, "Call-ID")];
        var media = invite.Split("m=audio ")[1].Split(' ')[0];
        var port = await call.StartAsync(live, new IPEndPoint(caller.Address, int.Parse(media, null)));
        var sdp = $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
        var answer = Answer(invite, $"Contact: <sip:plain@{listen}>\r\nContent-Type: application/sdp\r\n", sdp);
        await _sip.SendAsync(Encoding.UTF8.GetBytes(answer), caller);
    }

    private async Task HangUpAsync(string bye, IPEndPoint caller)
    {
        if (_calls.TryRemove(Header(bye, "Call-ID"), out var call))
            call.Dispose();
        await _sip.SendAsync(Encoding.UTF8.GetBytes(Answer(bye, "", "")), caller);
    }
}

/// <summary>One call of the reference.</summary>
internal sealed class PlainCall : IDisposable
{
    private readonly UdpClient _rtp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly ClientWebSocket _socket = new();
    private readonly Resampler _up = new(8_000, 16_000);
    private readonly Resampler _down = new(24_000, 8_000);
    private readonly ConcurrentQueue<short[]> _playout = new();
    private short[] _chunk = [];
    private int _played;
    private IPEndPoint _caller = null!;
    private Timer? _timer;
    private ushort _sequenceNumber;

    public async Task<int> StartAsync(Uri live, IPEndPoint caller)
    {
        _caller = caller;
        await _socket.ConnectAsync(live, CancellationToken.None);
        await _socket.SendAsync("""{"setup":{"model":"models/plain"}}"""u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        _ = ReceiveLiveAsync();
        _ = ReceiveRtpAsync();
        _timer = new Timer(_ => SendFrame(), state: null, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20));
        return ((IPEndPoint)_rtp.Client.LocalEndPoint!).Port;
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _rtp.Dispose();
        _socket.Dispose();
    }

    private static short[] Resample(Resampler resampler, short[] pcm)
    {
        var output = new short[2 * pcm.Length];
        return output[..resampler.Process(pcm, output)];
    }

    private async Task ReceiveRtpAsync()
    {
        try
        {
            while (true)
            {
                var packet = (await _rtp.ReceiveAsync()).Buffer;
                var heard = new short[packet.Length - 12];
                for (var i = 0; i < heard.Length; i++)
                    heard[i] = G711.DecodeMuLaw(packet[12 + i]);
                var pcm = Resample(_up, heard);
                var bytes = new byte[pcm.Length * sizeof(short)];
                Buffer.BlockCopy(pcm, 0, bytes, 0, bytes.Length);
                var json = JsonSerializer.Serialize(new { realtimeInput = new { audio = new { mimeType = "audio/pcm;rate=16000", data = Convert.ToBase64String(bytes) } } });
                await _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or WebSocketException or OperationCanceledException)
        {
            // The call is over.
        }
    }

    private async Task ReceiveLiveAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: WebSocketMessageType.Text } read)
            {
                using var message = JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, read.Count));
                if (!message.RootElement.TryGetProperty("serverContent", out var content) || !content.TryGetProperty("modelTurn", out var turn))
                    continue;
                var bytes = Convert.FromBase64String(turn.GetProperty("parts")[0].GetProperty("inlineData").GetProperty("data").GetString()!);
                var pcm = new short[bytes.Length / sizeof(short)];
                Buffer.BlockCopy(bytes, 0, pcm, 0, bytes.Length);
                _playout.Enqueue(pcm);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or WebSocketException or OperationCanceledException)
        {
            // The call is over.
        }
    }

    private bool HasMore()
    {
        if (_played < _chunk.Length)
            return true;
        if (!_playout.TryDequeue(out var next))
            return false;
        (_chunk, _played) = (next, 0);
        return true;
    }

    private void SendFrame()
    {
        var pcm = new short[480];
        for (var i = 0; i < pcm.Length && HasMore(); i++)
            pcm[i] = _chunk[_played++];
        var packet = new byte[12 + 160];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ++_sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)_sequenceNumber * 160);
        var spoken = Resample(_down, pcm);
        for (var i = 0; i < spoken.Length; i++)
            packet[12 + i] = G711.EncodeMuLaw(spoken[i]);
        try
        {
            _rtp.Send(packet, _caller);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The call is over.
        }
    }
}
