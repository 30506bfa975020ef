using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Telephony.Sip.Resolution;

/// <summary>Asks name servers: over UDP, and over TCP where the reply did not fit; one server after the other, twice.</summary>
/// <remarks>Any thread. Each question has a random number and a socket of its own, hence a random port, connected so that only that server can answer.</remarks>
/// <param name="servers">The servers, in order; asked for at each question, because the system may change them.</param>
/// <param name="timeout">How long each may take.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class DnsClient(Func<IReadOnlyList<IPEndPoint>> servers, TimeSpan timeout, TimeProvider timeProvider) : IDnsLookup
{
    private const int Rounds = 2;
    private const int MaxAliases = 8;
    private const int MaxDatagramBytes = 4096;   // 512 is what a server may send; some send more
    private const int MaxForeignReplies = 64;

    /// <summary>Whoever waits for the answer has a caller waiting.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public async Task<DnsAnswer> QueryAsync(string name, DnsRecordType type)
    {
        var start = timeProvider.GetTimestamp();
        for (var i = 0; i <= MaxAliases; i++)
        {
            var reply = await AskServersAsync(name, type, start);
            if (reply is not { Alias: { } alias })
                return reply?.Answer ?? DnsAnswer.Failed;
            name = alias;
        }
        return DnsAnswer.Failed;
    }

    private async Task<DnsReply?> AskServersAsync(string name, DnsRecordType type, long start)
    {
        var known = servers();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var server in known)
            {
                if (timeProvider.GetElapsedTime(start) >= Patience)
                    return null;
                if (await AskAsync(server, name, type) is { Answer.Status: not DnsStatus.Failed } reply)
                    return reply;
            }
        }
        return null;
    }

    /// <summary>Null when the server does not answer in time, or not in a way that can be read.</summary>
    private async Task<DnsReply?> AskAsync(IPEndPoint server, string name, DnsRecordType type)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        if (!DnsMessage.TryWriteQuery(id, name, type, out var query))
            return null;
        try
        {
            using var patience = new CancellationTokenSource(timeout, timeProvider);
            var reply = await AskByDatagramAsync(server, query, patience.Token);
            if (reply is not { IsTruncated: true })
                return reply;
            using var more = new CancellationTokenSource(timeout, timeProvider);
            return await AskByStreamAsync(server, query, more.Token);
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
        {
            return null;
        }

        async Task<DnsReply?> AskByDatagramAsync(IPEndPoint to, byte[] question, CancellationToken cancellation)
        {
            using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(to, cancellation);
            await socket.SendAsync(question, cancellation);
            var buffer = new byte[MaxDatagramBytes];
            for (var i = 0; i < MaxForeignReplies; i++)
            {
                var length = await socket.ReceiveAsync(buffer, cancellation);
                if (DnsMessage.TryReadReply(buffer.AsSpan(0, length), id, name, type, out var reply))
                    return reply;
            }
            return null;
        }

        async Task<DnsReply?> AskByStreamAsync(IPEndPoint to, byte[] question, CancellationToken cancellation)
        {
            using var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(to, cancellation);
            await using var stream = new NetworkStream(socket);
            var framed = new byte[sizeof(ushort) + question.Length];
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)question.Length);
            question.CopyTo(framed, sizeof(ushort));
            await stream.WriteAsync(framed, cancellation);
            var length = new byte[sizeof(ushort)];
            await stream.ReadExactlyAsync(length, cancellation);
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(message, cancellation);
            return DnsMessage.TryReadReply(message, id, name, type, out var reply) && !reply.IsTruncated ? reply : null;
        }
    }
}
