using System.Security.Cryptography.X509Certificates;
using Telephony.Sip.Transport;

namespace Telephony.Checks;

/// <summary>Whether our certificate can be shown: readable, with its key, valid now and for a while, and for the name that we tell.</summary>
internal static class CertificateCheck
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>Loads the files as a start would.</summary>
    public static LineFinding Run(TlsOptions tls, TimeProvider timeProvider)
    {
        const string Subject = "TLS certificate";
        try
        {
            var certificate = TlsCredentials.Load(TlsFiles.Read(tls)).Certificate;
            var fault = Fault(certificate, tls, timeProvider.GetLocalNow().DateTime);
            return new(Subject, fault is null, $"{Describe(certificate)}{(fault is null ? "; its key fits" : $"; {fault}")}");
        }
        catch (InvalidDataException unusable)
        {
            return new(Subject, IsGood: false, $"{unusable.Message} {unusable.GetBaseException().Message}");
        }
    }

    /// <summary>Whom it is for and how long, in words.</summary>
    public static string Describe(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString()))).Take(5).ToList();
        return $"for {(names.Count > 0 ? string.Join(", ", names) : certificate.Subject)}, from {certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true)}, "
            + $"valid until {certificate.NotAfter:yyyy-MM-dd}";
    }

    private static string? Fault(X509Certificate2 certificate, TlsOptions tls, DateTime now) =>
        now > certificate.NotAfter ? "it has expired: renew it, peers refuse it"
        : now < certificate.NotBefore ? $"it is not valid before {certificate.NotBefore:yyyy-MM-dd HH:mm}: check this machine's clock"
        : certificate.NotAfter - now < Soon ? "it expires within 14 days: renew it, a changed file is taken over without a restart"
        : tls.PublicName.Length > 0 && !certificate.MatchesHostname(tls.PublicName) && !SipIdentity.Proves(certificate, tls.PublicName)
            ? $"it is not for Telephony:Tls:PublicName = '{tls.PublicName}', which peers are told: get one for that name"
        : null;
}
