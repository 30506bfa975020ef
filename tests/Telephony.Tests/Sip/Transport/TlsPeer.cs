using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Support;

namespace Telephony.Tests.Sip.Transport;

/// <summary>A peer on TLS, as client or as server: sends and reads text.</summary>
internal sealed class TlsPeer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SslStream _stream;

    private TlsPeer(SslStream stream) => _stream = stream;

    /// <summary>The certificate that the other side has shown.</summary>
    public X509Certificate2? Shown => _stream.RemoteCertificate as X509Certificate2;

    public SslProtocols Version => _stream.SslProtocol;

    public static async Task<TlsPeer> ConnectAsync(IPEndPoint agent, TestAuthority authority, X509Certificate2? certificate = null, SslProtocols versions = SslProtocols.None)
    {
        var stream = new SslStream(new NetworkStream(await SocketBench.ConnectAsync(agent), ownsSocket: true));
        var options = new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", EnabledSslProtocols = versions, CertificateChainPolicy = Policy(authority) };
        if (certificate is not null)
            options.ClientCertificates = [certificate];
        await stream.AuthenticateAsClientAsync(options).WaitAsync(Patience);
        return new(stream);
    }

    /// <summary>Takes one connection; the handshake's failure is the caller's.</summary>
    public static async Task<TlsPeer> AcceptAsync(TcpListener listener, X509Certificate2 certificate, Action<string>? onName = null)
    {
        var socket = await listener.AcceptSocketAsync().WaitAsync(Patience);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsServerAsync((_, hello, _, _) =>
        {
            onName?.Invoke(hello.ServerName);
            return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = certificate });
        }, null).WaitAsync(Patience);
        return new(stream);
    }

    public Task SendAsync(byte[] bytes) => _stream.WriteAsync(bytes).AsTask();

    public async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            if (await ReadAsync(one) == 0)
                return text.ToString() + "<closed>";
            text.Append((char)one[0]);
        }
        return text.ToString();
    }

    public async Task<bool> IsClosedAsync()
    {
        var buffer = new byte[4096];
        while (await ReadAsync(buffer) > 0)
        {
        }
        return true;
    }

    public void Dispose() => _stream.Dispose();

    private static X509ChainPolicy Policy(TestAuthority authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authority.Trusted);
        return policy;
    }

    private async Task<int> ReadAsync(byte[] buffer)
    {
        try
        {
            return await _stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
