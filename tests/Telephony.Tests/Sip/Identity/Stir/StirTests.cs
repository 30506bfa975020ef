using System.Security.Cryptography;
using System.Text;
using Support;
using Telephony.Sip.Identity.Stir;

namespace Telephony.Tests.Sip.Identity.Stir;

/// <summary>Goal A28, row by row: a token that is valid, expired, future, for a wrong number, badly signed, doubled; and the defect class "time trust".</summary>
public sealed class StirTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly StirSigner _signer;
    private readonly CertificateStore _store;
    private readonly Dictionary<string, byte[]> _web = new(StringComparer.Ordinal);

    public StirTests()
    {
        _signer = new StirSigner(_clock.GetUtcNow());
        _web[StirSigner.CertificateUri] = _signer.Certificate;
        _store = new CertificateStore((uri, _) => Task.FromResult(_web.GetValueOrDefault(uri)), _signer.Authorities, TimeSpan.FromSeconds(1), _clock);
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    [Theory]
    [InlineData("A", true)]
    [InlineData("B", false)]
    [InlineData("C", false)]
    public async Task Valid(string attest, bool isFull)
    {
        var result = await VerdictAsync($"Identity: {_signer.Token(Now, attest: attest)}");
        Assert.Equal(new StirResult(StirVerdict.Valid, attest), result);
        Assert.Equal((isFull, !isFull, $"Valid {attest}"), (result.IsFullAttestation, result.SpeaksAgainstNumber, result.ToString()));
    }

    [Theory]
    [InlineData(-61, StirVerdict.Expired)]
    [InlineData(-60, StirVerdict.Valid)]
    [InlineData(-59, StirVerdict.Valid)]
    [InlineData(0, StirVerdict.Valid)]
    [InlineData(59, StirVerdict.Valid)]
    [InlineData(60, StirVerdict.Valid)]
    [InlineData(61, StirVerdict.Future)]
    [InlineData(-86_400, StirVerdict.Expired)]
    [InlineData(86_400, StirVerdict.Future)]
    public async Task Expired_and_future(int offset, StirVerdict verdict) =>
        Assert.Equal(verdict, (await VerdictAsync($"Identity: {_signer.Token(Now + offset)}")).Verdict);

    [Theory]
    [InlineData(long.MaxValue, StirVerdict.Future)]
    [InlineData(long.MinValue, StirVerdict.Expired)]
    public async Task Times_at_the_end_of_numbers(long iat, StirVerdict verdict) => Assert.Equal(verdict, (await VerdictAsync($"Identity: {_signer.Token(iat)}")).Verdict);

    [Theory]
    [InlineData(StirSigner.Caller, "12155551219")]
    [InlineData(StirSigner.Callee, "12355551219")]
    [InlineData(StirSigner.Caller, "sip:12155551212@x")]
    [InlineData("\"tn\":\"12155551212\"", "\"uri\":\"sip:12155551212@carrier.example\"")]
    public async Task Wrong_number(string right, string wrong)
    {
        var result = await VerdictAsync($"Identity: {_signer.Token(Now, payload => payload.Replace(right, wrong, StringComparison.Ordinal))}");
        Assert.Equal(StirVerdict.WrongNumber, result.Verdict);
        Assert.True(result.SpeaksAgainstNumber);
    }

    [Fact]
    public async Task Wrong_number_is_told_by_the_number_that_is_believed()
    {
        var token = $"Identity: {_signer.Token(Now)}";
        const string other = "<sip:+12155550000@x>;tag=1";
        var asserted = $"{token}|P-Asserted-Identity: <tel:+1-215-555-1212>";
        Assert.Equal(StirVerdict.WrongNumber, (await VerdictAsync(token, from: other)).Verdict);
        Assert.Equal(StirVerdict.WrongNumber, (await VerdictAsync(asserted, from: other)).Verdict);
        Assert.Equal(StirVerdict.Valid, (await VerdictAsync(asserted, trusts: true, from: other)).Verdict);
        Assert.Equal(StirVerdict.Valid, (await VerdictAsync($"{asserted}|Privacy: id", trusts: true, from: "<sip:anonymous@anonymous.invalid>;tag=1")).Verdict);
        Assert.Equal(StirVerdict.WrongNumber, (await VerdictAsync(token, from: "<sip:anonymous@anonymous.invalid>;tag=1")).Verdict);
    }

    [Fact]
    public async Task A_call_that_was_sent_on_keeps_its_token()
    {
        var token = $"Identity: {_signer.Token(Now)}";
        Assert.Equal(StirVerdict.Valid, (await VerdictAsync(token, requestUri: "sip:+4930999@agent.example")).Verdict);
        Assert.Equal(StirVerdict.Valid, (await VerdictAsync(token, to: "<sip:support@agent.example>")).Verdict);
        Assert.Equal(StirVerdict.WrongNumber, (await VerdictAsync(token, requestUri: "sip:+4930999@agent.example", to: "<sip:+4930999@agent.example>")).Verdict);
    }

    [Fact]
    public async Task Bad_signature()
    {
        var good = _signer.Token(Now);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var dot = good.LastIndexOf('.', good.IndexOf(';', StringComparison.Ordinal));
        var flipped = good[..(dot + 5)] + (good[dot + 5] == 'A' ? 'B' : 'A') + good[(dot + 6)..];
        var other = _signer.Token(Now, attest: "C").Split('.')[1];
        foreach (var bad in new[] { _signer.Token(Now, key: stranger), flipped, good.Replace(good.Split('.')[1], other, StringComparison.Ordinal), good[..(dot + 1)] + "AAAA" + good[good.IndexOf(';', StringComparison.Ordinal)..] })
            Assert.Equal(StirVerdict.BadSignature, (await VerdictAsync($"Identity: {bad}")).Verdict);
    }

    [Fact]
    public async Task Two_headers()
    {
        var good = _signer.Token(Now);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal("Valid B", (await VerdictAsync($"Identity: {good}|Identity: {_signer.Token(Now, attest: "B")}")).ToString());
        Assert.Equal(StirVerdict.BadSignature, (await VerdictAsync($"Identity: {good}|Identity: {_signer.Token(Now, key: stranger)}")).Verdict);
        Assert.Equal(StirVerdict.Expired, (await VerdictAsync($"Identity: {good}|Identity: {_signer.Token(Now - 100)}")).Verdict);
        Assert.Equal(StirVerdict.Invalid, (await VerdictAsync($"Identity: {good}|Identity: rubbish")).Verdict);
        Assert.Equal(StirVerdict.Valid, (await VerdictAsync($"Identity: {good}|Identity: a.b.c;info=<https://x>;ppt=rph")).Verdict);
        Assert.Equal(StirVerdict.Valid, (await VerdictAsync($"y: {good}")).Verdict);
        Assert.Equal(StirVerdict.Invalid, (await VerdictAsync(string.Join('|', Enumerable.Repeat($"Identity: {good}", StirReader.MaxTokens + 1)))).Verdict);
    }

    [Fact]
    public async Task No_token()
    {
        Assert.Equal(StirResult.NoToken, await VerdictAsync(""));
        Assert.Equal(StirResult.NoToken, await VerdictAsync("Identity: a.b.c;info=<https://x>;ppt=div"));
        Assert.Equal(StirResult.NoToken, await VerdictAsync($"X-Identity: {_signer.Token(Now)}"));
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("a.b;info=<https://cert.example.org/carrier.pem>")]
    [InlineData("a.b.c.d;info=<https://cert.example.org/carrier.pem>")]
    [InlineData(".b.c;info=<https://cert.example.org/carrier.pem>")]
    [InlineData("*.*.*;info=<https://cert.example.org/carrier.pem>")]
    [InlineData("e30.e30.AAAA;info=<https://cert.example.org/carrier.pem>")]
    [InlineData("W10.W10.AAAA;info=<https://cert.example.org/carrier.pem>")]
    [InlineData("a.b.;info=<https://cert.example.org/carrier.pem>")]
    [InlineData(";;;;=<<>>;info=<")]
    public async Task A_header_that_cannot_be_read_is_invalid(string value) => Assert.Equal(StirVerdict.Invalid, (await VerdictAsync($"Identity: {value}")).Verdict);

    [Theory]
    [InlineData("\"alg\":\"ES256\"", "\"alg\":\"none\"")]
    [InlineData("\"alg\":\"ES256\"", "\"alg\":\"HS256\"")]
    [InlineData("\"ppt\":\"shaken\"", "\"ppt\":\"div\"")]
    [InlineData("\"ppt\":\"shaken\",", "")]
    [InlineData("cert.example.org", "evil.example.org")]
    [InlineData("\"alg\":\"ES256\"", "\"alg\":\"ES256\",\"alg\":\"none\"")]
    public async Task A_token_and_a_header_that_differ_are_invalid(string right, string wrong)
    {
        var header = $$"""{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"{{StirSigner.CertificateUri}}"}""".Replace(right, wrong, StringComparison.Ordinal);
        Assert.Equal(StirVerdict.Invalid, (await VerdictAsync($"Identity: {_signer.Token(Now, header: header)}")).Verdict);
    }

    [Theory]
    [InlineData("\"attest\":\"A\"", "\"attest\":\"D\"")]
    [InlineData("\"attest\":\"A\",", "")]
    [InlineData("\"orig\":{", "\"orig\":{\"tn\":\"12155551219\",")]
    [InlineData("\"orig\":{", "\"orig\":{\"uri\":\"sip:a@b\",")]
    [InlineData("\"iat\":", "\"iat\":1.5e300,\"x\":")]
    [InlineData("\"iat\":", "\"iat\":\"1\",\"x\":")]
    [InlineData("\"dest\":{\"tn\":[", "\"dest\":{\"tn\":[[],")]
    [InlineData("\"dest\":{\"tn\":[\"12355551213\"]}", "\"dest\":{}")]
    public async Task A_payload_that_says_no_one_thing_is_invalid(string right, string wrong) =>
        Assert.Equal(StirVerdict.Invalid, (await VerdictAsync($"Identity: {_signer.Token(Now, payload => payload.Replace(right, wrong, StringComparison.Ordinal))}")).Verdict);

    [Fact]
    public async Task A_compact_token_is_completed_from_the_request()
    {
        var header = $$"""{"alg":"ES256","typ":"passport","x5u":"{{StirSigner.CertificateUri}}"}""";
        var payload = "{\"dest\":{\"tn\":[\"" + StirSigner.Callee + "\"]},\"iat\":" + Now + ",\"orig\":{\"tn\":\"" + StirSigner.Caller + "\"}}";
        var signature = _signer.Sign(header, payload).Split('.')[2];
        var date = _clock.GetUtcNow().ToString("r");
        var compact = $"Identity: ..{signature};info=<{StirSigner.CertificateUri}>;alg=ES256";
        Assert.Equal(new StirResult(StirVerdict.Valid), await VerdictAsync($"Date: {date}|{compact}"));
        Assert.False((await VerdictAsync($"Date: {date}|{compact}")).IsFullAttestation);
        Assert.Equal(StirVerdict.BadSignature, (await VerdictAsync($"Date: {date}|{compact}", from: "<sip:+12155550000@x>;tag=1")).Verdict);
        Assert.Equal(StirVerdict.Invalid, (await VerdictAsync(compact)).Verdict);
        Assert.Equal(StirVerdict.Invalid, (await VerdictAsync($"Date: {date}|{compact};ppt=shaken")).Verdict);
        Assert.Equal(StirVerdict.Expired, (await VerdictAsync($"Date: {_clock.GetUtcNow().AddSeconds(-61):r}|{compact}")).Verdict);
    }

    [Fact]
    public async Task Numbers_without_a_country_are_read_by_configuration()
    {
        var token = $"Identity: {_signer.Token(Now)}";
        Assert.Equal(StirVerdict.WrongNumber, (await VerdictAsync(token, from: "<sip:2155551212@x>;tag=1")).Verdict);
        Assert.Equal(StirVerdict.Valid, (await VerdictAsync(token, from: "<sip:2155551212@x>;tag=1", countryCode: "1")).Verdict);
    }

    [Theory]
    [InlineData("none", StirVerdict.UntrustedCertificate)]
    [InlineData("provider", StirVerdict.Valid)]
    [InlineData("number", StirVerdict.Valid)]
    [InlineData("other number", StirVerdict.UntrustedCertificate)]
    [InlineData("range", StirVerdict.Valid)]
    [InlineData("range before", StirVerdict.UntrustedCertificate)]
    [InlineData("rubbish", StirVerdict.UntrustedCertificate)]
    public async Task A_certificate_signs_only_for_its_numbers(string list, StirVerdict verdict)
    {
        _web[StirSigner.CertificateUri] = _signer.Issue(_signer.Key, list switch
        {
            "none" => null,
            "number" => StirSigner.Number(StirSigner.Caller),
            "other number" => StirSigner.Number("12155551213"),
            "range" => StirSigner.Numbers("12155551200", 13),
            "range before" => StirSigner.Numbers("12155551200", 12),
            "rubbish" => [1, 2, 3],
            _ => StirSigner.ProviderCode("1234"),
        });
        Assert.Equal(verdict, (await VerdictAsync($"Identity: {_signer.Token(Now)}")).Verdict);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("other authority")]
    [InlineData("other curve")]
    [InlineData("rsa")]
    [InlineData("empty")]
    [InlineData("html")]
    public async Task A_certificate_that_nobody_vouches_for_is_not_trusted(string kind)
    {
        using var other = new StirSigner(_clock.GetUtcNow());
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        _web[StirSigner.CertificateUri] = kind switch
        {
            "expired" => _signer.Issue(_signer.Key, StirSigner.ProviderCode("1"), validDays: -1),
            "other authority" => other.Issue(_signer.Key, StirSigner.ProviderCode("1")),
            "other curve" => _signer.Issue(curve, StirSigner.ProviderCode("1")),
            "rsa" => RsaCertificate(),
            "html" => Encoding.ASCII.GetBytes("<html>404</html>"),
            _ => [],
        };
        Assert.Equal(StirVerdict.UntrustedCertificate, (await VerdictAsync($"Identity: {_signer.Token(Now)}")).Verdict);
    }

    [Fact]
    public async Task Without_the_certificate_nothing_is_verified()
    {
        _web.Clear();
        var result = await VerdictAsync($"Identity: {_signer.Token(Now)}");
        Assert.Equal((StirVerdict.NotVerified, false, "NotVerified"), (result.Verdict, result.IsFullAttestation, result.ToString()));
    }

    [Fact]
    public async Task All_tokens_have_one_deadline_and_those_that_were_judged_still_count()
    {
        var never = new TaskCompletionSource<byte[]?>();
        var store = new CertificateStore((uri, _) => uri == StirSigner.CertificateUri ? Task.FromResult<byte[]?>(_signer.Certificate) : never.Task, _signer.Authorities, TimeSpan.FromSeconds(1), _clock);
        var lines = string.Join('|', Enumerable.Repeat($"Identity: {_signer.Token(Now)}", 3));
        var invite = IdentityInvite.With(lines, $"<sip:+{StirSigner.Caller}@x>;tag=1", $"sip:+{StirSigner.Callee}@agent.example", $"<sip:+{StirSigner.Callee}@agent.example>");
        var judgement = StirReader.Judge(invite, trustsIdentity: false, "", _clock.GetUtcNow());
        var tokens = judgement.Tokens.Select((token, i) => i == 2 ? token with { Signature = "AAAA" } : token with { Info = $"https://slow.example/{i}" }).ToList();
        var before = _clock.ActiveTimers;
        var verdict = new StirVerifier(store).VerifyAsync(judgement with { Tokens = tokens });
        Assert.True(SpinWait.SpinUntil(() => _clock.ActiveTimers >= before + 5, TimeSpan.FromSeconds(10)));   // two of each fetch, one for all
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StirVerdict.BadSignature, (await verdict.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Verdict);
    }

    public void Dispose() => _signer.Dispose();

    private static byte[] RsaCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=RSA", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return Encoding.ASCII.GetBytes(certificate.ExportCertificatePem());
    }

    private async Task<StirResult> VerdictAsync(
        string lines, bool trusts = false, string from = $"<sip:+{StirSigner.Caller}@x>;tag=1", string requestUri = $"sip:+{StirSigner.Callee}@agent.example",
        string to = $"<sip:+{StirSigner.Callee}@agent.example>", string countryCode = "")
    {
        var judgement = StirReader.Judge(IdentityInvite.With(lines, from, requestUri, to), trusts, countryCode, _clock.GetUtcNow());
        return judgement.Tokens.Count == 0 ? judgement.Result : await new StirVerifier(_store).VerifyAsync(judgement);
    }
}
