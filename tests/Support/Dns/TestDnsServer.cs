using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Support.Dns;

/// <summary>A name server on loopback, UDP and TCP on one port, whose zone is written as text and may be changed while it runs.</summary>
/// <remarks>Lines such as <c>example.com NAPTR 10 20 s SIP+D2U _sip._udp.example.com</c>, <c>_sip._udp.example.com SRV 10 60 5060 a.example.com</c>,
/// <c>a.example.com A 192.0.2.1</c>, <c>b.example.com CNAME a.example.com</c>; a number in front of all is the time to live in seconds.</remarks>
public sealed class TestDnsServer : IAsyncDisposable
{
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _asked = new(0);
    private readonly Task _running;
    private volatile string[] _zone;

    /// <summary>Serves a zone of lines.</summary>
    public TestDnsServer(params string[] zone)
    {
        _zone = zone;
        _tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)_tcp.LocalEndPoint!;
        _udp.Bind(EndPoint);
        _tcp.Listen();
        _running = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    /// <summary>Where it is asked.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The zone; may be set at any time.</summary>
    public IReadOnlyList<string> Zone { get => _zone; set => _zone = [.. value]; }

    /// <summary>Whether questions stay without an answer.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Whether answers over UDP are cut off.</summary>
    public bool Truncates { get; set; }

    /// <summary>Result code of all answers, 2 for a failing server.</summary>
    public int Result { get; set; }

    /// <summary>Changes an answer before it is sent over UDP; may send more with the given action.</summary>
    public Action<byte[], Action<byte[]>>? BeforeAnswer { get; set; }

    /// <summary>What was asked: <c>UDP example.com NAPTR</c>.</summary>
    public ConcurrentQueue<string> Questions { get; } = new();

    /// <summary>Waits for the next question.</summary>
    public Task AskedAsync() => _asked.WaitAsync(TimeSpan.FromSeconds(10));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await _running;
        _stopping.Dispose();
        _asked.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
                if (Answer("UDP", buffer[..received.ReceivedBytes], Truncates) is not { } answer)
                    continue;
                BeforeAnswer?.Invoke(answer, bytes => _udp.SendTo(bytes, received.RemoteEndPoint));
                _udp.SendTo(answer, received.RemoteEndPoint);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptAsync(_stopping.Token);
                await using var stream = new NetworkStream(client);
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, _stopping.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, _stopping.Token);
                if (Answer("TCP", query, isTruncated: false) is not { } answer)
                    continue;
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                await stream.WriteAsync(length.Concat(answer).ToArray(), _stopping.Token);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private byte[]? Answer(string how, byte[] query, bool isTruncated)
    {
        var (name, type, end) = Question(query);
        Questions.Enqueue($"{how} {name} {TypeName(type)}");
        _asked.Release();
        return IsSilent ? null : Reply(query[..end], name, type, isTruncated);
    }

    private static (string Name, int Type, int End) Question(byte[] query)
    {
        var labels = new List<string>();
        var at = 12;
        for (; query[at] != 0; at += query[at] + 1)
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        return (string.Join('.', labels), query[at + 2], at + 5);
    }

    /// <summary>The reply to a question of which the header and the question section are given.</summary>
    private byte[] Reply(byte[] head, string name, int type, bool isTruncated)
    {
        var records = isTruncated ? [] : Find(name, TypeName(type)).ToList();
        head[2] = (byte)(0x84 | (isTruncated ? 2 : 0));
        head[3] = (byte)(0x80 | (Result != 0 ? Result : Known(name) || isTruncated ? 0 : 3));
        head[7] = (byte)records.Count;
        using var reply = new MemoryStream();
        reply.Write(head);
        foreach (var (owner, timeToLive, kind, data) in records)
            WriteRecord(reply, owner, timeToLive, kind, data);
        return reply.ToArray();
    }

    private bool Known(string name) => _zone.Any(line => Words(line).Words[0].Equals(name, StringComparison.OrdinalIgnoreCase));

    private IEnumerable<(string Owner, int TimeToLive, string Kind, string[] Data)> Find(string name, string kind)
    {
        foreach (var line in _zone)
        {
            var (timeToLive, words) = Words(line);
            if (!words[0].Equals(name, StringComparison.OrdinalIgnoreCase))
                continue;
            if (words[1] == "CNAME")
            {
                yield return (name, timeToLive, "CNAME", words[2..]);
                foreach (var further in Find(words[2], kind))
                    yield return further;
            }
            else if (words[1] == kind)
            {
                yield return (name, timeToLive, kind, words[2..]);
            }
        }
    }

    private static (int TimeToLive, string[] Words) Words(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return int.TryParse(words[0], out var timeToLive) ? (timeToLive, words[1..]) : (60, words);
    }

    private static void WriteRecord(MemoryStream reply, string owner, int timeToLive, string kind, string[] data)
    {
        var bytes = DnsBytes.Data(kind, data);
        reply.Write([.. DnsBytes.Name(owner), .. DnsBytes.Number(TypeNumber(kind)), 0, 1, 0, 0, .. DnsBytes.Number(timeToLive), .. DnsBytes.Number(bytes.Length), .. bytes]);
    }

    private static string TypeName(int type) => type switch { 1 => "A", 5 => "CNAME", 28 => "AAAA", 33 => "SRV", 35 => "NAPTR", _ => $"{type}" };

    private static int TypeNumber(string name) => name switch { "A" => 1, "CNAME" => 5, "AAAA" => 28, "SRV" => 33, _ => 35 };
}
