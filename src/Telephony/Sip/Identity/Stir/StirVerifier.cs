using System.Buffers.Text;
using System.Text;

namespace Telephony.Sip.Identity.Stir;

/// <summary>Judgement -> verdict: the signatures of tokens whose time and numbers are right, with the certificates that they name.</summary>
/// <remarks>Any thread but the signalling loop's, because certificates may have to be fetched.</remarks>
internal sealed class StirVerifier(CertificateStore certificates)
{
    private const int SignatureBytes = 64;   // two numbers of P-256 (RFC 7518 section 3.4)

    /// <summary>The verdict; of several tokens the worst decides. All are looked at together and have one deadline, however many there are.</summary>
    public async Task<StirResult> VerifyAsync(StirJudgement judgement)
    {
        var checks = judgement.Tokens.Select(token => VerifyAsync(token, judgement.Caller)).ToList();
        await EndOrDeadlineAsync(Task.WhenAll(checks));
        var worst = new StirResult(StirVerdict.Valid, StirReader.Least(judgement.Attestations));
        foreach (var check in checks)
        {
            var (verdict, detail) = check.IsCompleted ? await check : (StirVerdict.NotVerified, "its verification took too long");
            if (verdict > worst.Verdict)
                worst = worst with { Verdict = verdict, Detail = detail };
        }
        return worst;
    }

    private async Task EndOrDeadlineAsync(Task checks)
    {
        try
        {
            await checks.WaitAsync(certificates.Timeout, certificates.TimeProvider);
        }
        catch (TimeoutException)
        {
            return;
        }
    }

    private async Task<(StirVerdict Verdict, string Detail)> VerifyAsync(IdentityToken token, string? caller)
    {
        var signature = new byte[SignatureBytes];
        // One byte more than there is room for is no success.
        if (!Base64Url.IsValid(token.Signature, out var length) || length != SignatureBytes || !Base64Url.TryDecodeFromChars(token.Signature, signature, out _))
            return (StirVerdict.BadSignature, "it has not the length of a signature");
        if (await certificates.GetAsync(token.Info) is not { } certificate)
            return (StirVerdict.NotVerified, "the certificate could not be fetched");
        if (certificate.Fault.Length > 0)
            return (StirVerdict.UntrustedCertificate, certificate.Fault);
        if (!certificate.Verifies(Encoding.ASCII.GetBytes(token.SignedText), signature))
            return (StirVerdict.BadSignature, "another key made it, or the token was changed");
        return certificate.Covers(caller) ? (StirVerdict.Valid, "") : (StirVerdict.UntrustedCertificate, "the certificate is not for this number");
    }
}
