using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Support;

/// <summary>A certificate authority of the test's own, and a folder for the files of its certificates.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _root;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddYears(1));
        Folder = Directory.CreateTempSubdirectory("tls").FullName;
        CaFile = Path.Combine(Folder, "ca.pem");
        File.WriteAllText(CaFile, _root.ExportCertificatePem());
    }

    public string Folder { get; }

    /// <summary>The authority's own certificate.</summary>
    public string CaFile { get; }

    /// <summary>The collection to trust it alone.</summary>
    public X509Certificate2Collection Trusted => [_root];

    /// <summary>A certificate for those names: an IP address, a DNS name, or a URI with <c>sip:</c>.</summary>
    public X509Certificate2 Issue(string names, int validDays = 90)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names.Split(' ')[0].Replace("sip:", "", StringComparison.Ordinal)}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Split(' '))
        {
            if (name.StartsWith("sip:", StringComparison.Ordinal))
                alternatives.AddUri(new Uri(name));
            else if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }
        request.CertificateExtensions.Add(alternatives.Build());
        var serial = RandomNumberGenerator.GetBytes(8);
        using var issued = request.Create(_root, DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(validDays), serial);
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Writes certificate and key as PEM into one file, and says where.</summary>
    public string Write(X509Certificate2 certificate, string name = "tls.pem")
    {
        var path = Path.Combine(Folder, name);
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return path;
    }

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
