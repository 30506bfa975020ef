using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Telephony.Nat;

/// <summary>Asks a STUN server from which address our datagrams come (RFC 8489): a request, repeated until its answer.</summary>
internal static class StunClient
{
    private const int Tries = 4;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);   // RFC 8489 section 6.2.1; doubles

    /// <summary>The address that the server saw; null when no answer came within some seconds. Never throws.</summary>
    public static async Task<IPAddress?> AskAsync(IPEndPoint server, TimeProvider timeProvider, CancellationToken stopping)
    {
        try
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(server, stopping);   // so that only the server is listened to
            var transactionId = RandomNumberGenerator.GetBytes(StunMessage.TransactionIdBytes);
            var wait = FirstWait;
            for (var i = 0; i < Tries; i++, wait *= 2)
            {
                await socket.SendAsync(StunMessage.WriteRequest(transactionId), stopping);
                if (await ReadAsync(socket, transactionId, wait, timeProvider, stopping) is { } address)
                    return address;
            }
        }
        catch (Exception unreachable) when (unreachable is SocketException or OperationCanceledException)
        {
            // The caller says so.
        }
        return null;
    }

    private static async Task<IPAddress?> ReadAsync(Socket socket, byte[] transactionId, TimeSpan wait, TimeProvider timeProvider, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(wait, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        var buffer = new byte[1500];
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, either.Token);
                if (StunMessage.TryReadResponse(buffer.AsSpan(0, length), transactionId, out var mapped))
                    return mapped.Address;
            }
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }
}
