using System.Net;
using System.Net.Sockets;

namespace Tools.Http;

/// <summary>The addresses of a name.</summary>
internal delegate Task<IPAddress[]> NameResolver(string host, CancellationToken cancellation);

/// <summary>Opens the connections of declared web calls: a name is resolved once, and the connection goes to the very address that was checked.</summary>
/// <remarks>Any thread. So a name that changes its address between check and use leads nowhere else.</remarks>
internal sealed class CheckedConnector(HttpSourceOptions options, NameResolver resolve, TimeProvider time)
{
    // One dead address of several must not use up the time of the others.
    private static readonly TimeSpan AddressTimeout = TimeSpan.FromSeconds(2);

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="AddressRefusedException">The name has no address that may be called.</exception>
    /// <exception cref="SocketException">No address answers, or the name has none.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellation);
        var isPlain = context.InitialRequestMessage.RequestUri?.Scheme != Uri.UriSchemeHttps;
        var allowed = addresses.Where(address => IsAllowed(address, isPlain)).ToList();
        if (allowed.Count == 0)
            throw addresses.Length == 0 ? new SocketException((int)SocketError.HostNotFound) : new AddressRefusedException(host);
        for (var i = 0; i < allowed.Count - 1; i++)
        {
            if (await TryConnectAsync(allowed[i], context.DnsEndPoint.Port, cancellation) is { } stream)
                return stream;
        }
        return await OpenAsync(allowed[^1], context.DnsEndPoint.Port, cancellation);
    }

    private bool IsAllowed(IPAddress address, bool isPlain)
    {
        var isPrivate = AddressRules.IsPrivate(address);
        return !AddressRules.IsNever(address) && (options.AllowPrivateAddresses || !isPrivate) && (!isPlain || isPrivate || options.AllowPlainHttp);
    }

    private async Task<Stream?> TryConnectAsync(IPAddress address, int port, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(AddressTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await OpenAsync(address, port, either.Token);
        }
        catch (Exception dead) when (dead is SocketException || (dead is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;   // the next address may answer
        }
    }

    private static async Task<Stream> OpenAsync(IPAddress address, int port, CancellationToken cancellation)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A name leads only to addresses that must not be called.</summary>
internal sealed class AddressRefusedException : IOException
{
    /// <summary>The name.</summary>
    public AddressRefusedException(string host)
        : base($"'{host}' leads to an address that must not be called.")
    {
    }
}
