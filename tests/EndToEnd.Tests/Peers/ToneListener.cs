using System.Net;
using System.Net.Sockets;
using Telephony.Codecs;
using Telephony.Rtp;

namespace EndToEnd.Tests.Peers;

/// <summary>The port that a scripted phone names for its media: hears the agent there and says nothing, as the phone's own packets come from another port.</summary>
internal sealed class ToneListener : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly List<byte[]> _packets = [];
    private readonly CancellationTokenSource _over = new();
    private readonly Task _listening;

    public ToneListener()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening = ListenAsync();
    }

    /// <summary>What the phone's SDP must say.</summary>
    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>What was heard, at the codec's own rate, with its payload type only.</summary>
    public short[] Heard(AudioCodec codec)
    {
        var decoder = CodecCatalog.CreateDecoder(codec);
        List<short> heard = [];
        lock (_packets)
        {
            foreach (var bytes in _packets)
            {
                if (!RtpPacket.TryParse(bytes, out var packet) || packet.PayloadType != codec.StaticPayloadType)
                    continue;
                var pcm = new short[packet.Payload.Length * codec.SampleRateHz / codec.ClockRateHz];
                decoder.Decode(packet.Payload, pcm);
                heard.AddRange(pcm);
            }
        }
        return [.. heard];
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _listening;
        _socket.Dispose();
        _over.Dispose();
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[1_500];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer, _over.Token);
                lock (_packets)
                    _packets.Add(buffer[..length]);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
