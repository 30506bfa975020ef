using System.Security.Cryptography.X509Certificates;
using Telephony.Sip.Transport;

namespace Telephony.Checks;

/// <summary>Whether our certificate can be shown: readable, with its key, valid now and for a while, and for the name that we tell.</summary>
internal static class CertificateCheck
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>Loads the files of our own as a start would.</summary>
    public static LineFinding Run(TlsOptions tls, TimeProvider timeProvider) =>
        Run("TLS certificate", () => TlsCredentials.Load(TlsFiles.Read(tls)), tls.PublicName, timeProvider);

    /// <summary>Loads the files that a trunk's servers are shown.</summary>
    public static LineFinding Run(string trunk, ClientCertificate certificate, TimeProvider timeProvider) =>
        Run($"TLS certificate of trunk {trunk}", certificate.Load, publicName: "", timeProvider);

    private static LineFinding Run(string subject, Func<TlsCredentials> load, string publicName, TimeProvider timeProvider)
    {
        try
        {
            var certificate = load().Certificate!;
            var fault = Fault(certificate, publicName, timeProvider.GetLocalNow().DateTime);
            return new(subject, fault is null, $"{Describe(certificate)}{(fault is null ? "; its key fits" : $"; {fault}")}");
        }
        catch (InvalidDataException unusable)
        {
            return new(subject, IsGood: false, $"{unusable.Message} {unusable.GetBaseException().Message}");
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

    private static string? Fault(X509Certificate2 certificate, string publicName, DateTime now) =>
        now > certificate.NotAfter ? "it has expired: renew it, peers refuse it"
        : now < certificate.NotBefore ? $"it is not valid before {certificate.NotBefore:yyyy-MM-dd HH:mm}: check this machine's clock"
        : certificate.NotAfter - now < Soon ? "it expires within 14 days: renew it, a changed file is taken over without a restart"
        : publicName.Length > 0 && !certificate.MatchesHostname(publicName) && !SipIdentity.Proves(certificate, publicName)
            ? $"it is not for Telephony:Tls:PublicName = '{publicName}', which peers are told: get one for that name"
        : null;
}
