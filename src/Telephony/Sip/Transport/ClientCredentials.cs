using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Telephony.Sip.Transport;

/// <summary>The certificates of trunks, as connections to their servers need them: read for each connection, so that a renewed one is used by the next.</summary>
/// <remarks>Any thread; off the signalling loop, because files are read. Bounded by the trunks that are configured.</remarks>
internal sealed class ClientCredentials(TimeProvider timeProvider, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ClientCertificate, (TlsFiles Files, TlsCredentials Credentials)> _known = [];

    /// <summary>The certificate as its files say now; as they said before, where they cannot be used now.</summary>
    /// <exception cref="AuthenticationException">They cannot be used, and never could.</exception>
    public TlsCredentials Get(ClientCertificate which)
    {
        lock (_lock)
        {
            try
            {
                var files = which.Read();
                if (!_known.TryGetValue(which, out var known) || !files.SameAs(known.Files))
                    _known[which] = known = (files, Load(files));
                return known.Credentials;
            }
            catch (InvalidDataException unusable)
            {
                var reason = $"{unusable.Message} {unusable.GetBaseException().Message}";
                if (!_known.TryGetValue(which, out var earlier))
                    throw new AuthenticationException(reason, unusable);
                logger.CertificateRefused(reason);
                return earlier.Credentials;
            }
        }
    }

    private TlsCredentials Load(TlsFiles files)
    {
        var credentials = TlsCredentials.Load(files);
        logger.Tell(credentials.Certificate!, timeProvider);
        return credentials;
    }
}
