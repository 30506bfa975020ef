using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Identity.Stir;

/// <summary>Signed caller identities as the settings want them looked at: the judgement at once, the signature's verdict later.</summary>
/// <remarks>Any thread; owns the connections to servers of certificates.</remarks>
internal sealed class StirCheck : IDisposable
{
    private readonly StirOptions _options;
    private readonly TimeProvider _time;
    private readonly CertificateFetch? _fetch;
    private readonly StirVerifier? _verifier;

    /// <param name="options">The settings.</param>
    /// <param name="time">The service's clock.</param>
    /// <exception cref="InvalidDataException">The file of authorities cannot be used.</exception>
    public StirCheck(StirOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        if (options.Mode != StirMode.Verify)
            return;
        var authorities = Authorities(options.TrustedCaFile);
        _fetch = new CertificateFetch(options);
        _verifier = new StirVerifier(new CertificateStore(FetchAsync, authorities, options.FetchTimeout, time));
    }

    /// <summary>With certificates from elsewhere than the web.</summary>
    internal StirCheck(StirOptions options, StirVerifier verifier, TimeProvider time) => (_options, _verifier, _time) = (options, verifier, time);

    /// <summary>Of a service that looks at none.</summary>
    public static StirCheck Off { get; } = new(new StirOptions { Mode = StirMode.Off }, TimeProvider.System);

    /// <summary>Judges an INVITE's tokens by all but their signatures.</summary>
    public StirJudgement Judge(SipRequest invite, bool trustsIdentity) => _options.Mode == StirMode.Off
        ? StirJudgement.Final(StirResult.NoToken)
        : StirReader.Judge(invite, trustsIdentity, _options.CountryCode, _time.GetUtcNow());

    /// <summary>Whether signatures decide, which takes a while.</summary>
    public bool NeedsSignature(StirJudgement judgement) => _verifier is not null && judgement.Tokens.Count > 0;

    /// <summary>The verdict with the signatures; not on the signalling loop.</summary>
    public Task<StirResult> VerifyAsync(StirJudgement judgement) => _verifier?.VerifyAsync(judgement) ?? Task.FromResult(judgement.Result);

    /// <inheritdoc/>
    public void Dispose() => _fetch?.Dispose();

    private async Task<byte[]?> FetchAsync(string text, CancellationToken cancellation) =>
        _fetch!.TryRead(text, out var uri) ? await _fetch.GetAsync(uri, cancellation) : null;

    private static X509Certificate2Collection Authorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"Telephony:Stir:TrustedCaFile = '{path}' cannot be read:", unreadable);
        }
        return authorities.Count > 0 ? authorities : throw new InvalidDataException($"Telephony:Stir:TrustedCaFile = '{path}' holds no certificate.");
    }
}
