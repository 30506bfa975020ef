using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Telephony.Sip.Transport;

/// <summary>Turns a TCP stream into a TLS stream, as server or as client: version 1.2 or 1.3, no renegotiation, peers checked as configured.</summary>
/// <remarks>Any thread; each handshake uses the credentials that are in force when it starts.</remarks>
internal sealed class TlsHandshake(TlsOptions options, TlsCredentialSource credentials, ClientCredentials clientCredentials)
{
    // Named rather than left to the system, whose policy may allow older ones.
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    private static readonly TimeSpan RevocationTimeout = TimeSpan.FromSeconds(4);

    /// <summary>The server's side.</summary>
    /// <exception cref="AuthenticationException">The peer speaks no TLS that we do, or does not prove itself.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<Stream> AcceptAsync(Stream transport, CancellationToken cancellation)
    {
        var current = credentials.Current;
        var stream = new SslStream(transport, leaveInnerStreamOpen: false);
        return await FinishAsync(stream, stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            EnabledSslProtocols = Versions,
            AllowRenegotiation = false,
            ServerCertificateContext = current.Context,
            ClientCertificateRequired = options.ClientCertificate != ClientCertificateMode.None,
            CertificateChainPolicy = Policy(current),
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => MayConnect(certificate is not null, errors),
        }, cancellation));
    }

    /// <summary>The client's side.</summary>
    /// <param name="transport">The TCP stream.</param>
    /// <param name="serverName">Name or address that the server's certificate must prove (RFC 5922).</param>
    /// <param name="certificate">What it is shown when it asks who we are; null for the certificate of the service, if there is one.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="AuthenticationException">The server speaks no TLS that we do, or does not prove itself.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<Stream> ConnectAsync(Stream transport, string serverName, ClientCertificate? certificate, CancellationToken cancellation)
    {
        var current = credentials.Current;
        var stream = new SslStream(transport, leaveInnerStreamOpen: false);
        return await FinishAsync(stream, stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = Versions,
            AllowRenegotiation = false,
            TargetHost = serverName,
            ClientCertificateContext = certificate is null ? current.Context : clientCredentials.Get(certificate).Context,
            CertificateChainPolicy = Policy(current),
            RemoteCertificateValidationCallback = (_, shown, _, errors) => !options.CheckServers || Proves(shown, serverName, errors),
        }, cancellation));
    }

    private static async Task<Stream> FinishAsync(SslStream stream, Task handshake)
    {
        try
        {
            await handshake;
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private bool MayConnect(bool hasCertificate, SslPolicyErrors errors) => options.ClientCertificate switch
    {
        ClientCertificateMode.None => true,
        ClientCertificateMode.Optional when !hasCertificate => true,
        _ => hasCertificate && errors == SslPolicyErrors.None,
    };

    private static bool Proves(X509Certificate? certificate, string serverName, SslPolicyErrors errors) => errors switch
    {
        SslPolicyErrors.None => true,
        SslPolicyErrors.RemoteCertificateNameMismatch => certificate is X509Certificate2 shown && SipIdentity.Proves(shown, serverName),
        _ => false,
    };

    private X509ChainPolicy Policy(TlsCredentials current)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = options.CheckRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,
            UrlRetrievalTimeout = RevocationTimeout,
            DisableCertificateDownloads = true,
        };
        if (current.Authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(current.Authorities);
        }
        return policy;
    }
}
