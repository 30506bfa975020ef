using System.Net;
using System.Net.Sockets;

namespace GeminiLive.Wire;

/// <summary>Opens a TCP connection to whichever of a host's addresses answers first: both families in turn, each a moment after the one before (RFC 8305).</summary>
internal static class TcpOpener
{
    // RFC 8305 section 5.
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    // More would only be names that lead astray.
    private const int MaxAddresses = 16;

    /// <summary>Connects; what fails is a value.</summary>
    public static async Task<(Socket? Socket, string Error)> ConnectAsync(string host, int port, HostLookup lookup, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            if (IPAddress.TryParse(host, out var literal))
                return await ConnectAsync([literal], port, timeProvider, cancellationToken);
            var (addresses, fault) = await lookup.FindAsync(host, cancellationToken);
            if (addresses.Count == 0)
                return (null, $"{host}: {fault}");
            var (socket, error) = await ConnectAsync(InTurn(addresses), port, timeProvider, cancellationToken);
            return (socket, socket is null && fault.Length > 0 ? $"{error} (an address from before: {fault})" : error);
        }
        catch (OperationCanceledException)
        {
            return (null, $"{host}: given up");
        }
    }

    /// <summary>Addresses in the order in which they are tried: the system's, with the families in turn.</summary>
    public static IReadOnlyList<IPAddress> InTurn(IReadOnlyList<IPAddress> addresses)
    {
        var first = addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily).Select((address, i) => (Address: address, Place: 2 * i));
        var second = addresses.Where(address => address.AddressFamily != addresses[0].AddressFamily).Select((address, i) => (Address: address, Place: 2 * i + 1));
        return [.. first.Concat(second).OrderBy(entry => entry.Place).Select(entry => entry.Address).Take(MaxAddresses)];
    }

    /// <summary>Tries the addresses until one answers.</summary>
    public static async Task<(Socket? Socket, string Error)> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var attempts = new List<Task<(Socket? Socket, string Error)>>();
        var (last, next) = ((Socket: (Socket?)null, Error: "no address"), 0);
        while (last.Socket is null && (attempts.Count > 0 || next < addresses.Count))
        {
            if (next < addresses.Count)
                attempts.Add(AttemptAsync(new IPEndPoint(addresses[next++], port), others.Token));
            var first = await FirstAsync(attempts, next < addresses.Count, timeProvider);
            if (first is null)
                continue;
            attempts.Remove(first);
            last = await first;
        }
        await others.CancelAsync();
        foreach (var late in attempts)
            (await late).Socket?.Dispose();
        return last;
    }

    private static async Task<Task<(Socket? Socket, string Error)>?> FirstAsync(List<Task<(Socket? Socket, string Error)>> attempts, bool hasMore, TimeProvider timeProvider)
    {
        var first = Task.WhenAny(attempts);
        if (hasMore)
            await ((Task)first).WaitAsync(AttemptDelay, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return first.IsCompleted || !hasMore ? await first : null;
    }

    private static async Task<(Socket? Socket, string Error)> AttemptAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address, cancellationToken);
            return (socket, "");
        }
        catch (Exception e) when (e is SocketException or ArgumentException or OperationCanceledException)
        {
            socket?.Dispose();
            return (null, $"{address}: {e.Message}");
        }
    }
}
