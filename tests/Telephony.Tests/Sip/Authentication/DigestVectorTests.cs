using Telephony.Sip.Authentication;

namespace Telephony.Tests.Sip.Authentication;

/// <summary>The proofs that the RFCs work out.</summary>
public sealed class DigestVectorTests
{
    // RFC 2617 section 3.5.
    [Fact]
    public void Rfc2617_example()
    {
        var credentials = new DigestCredentials
        {
            Username = "Mufasa", Realm = "testrealm@host.com", Nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093", Uri = "/dir/index.html",
            Algorithm = DigestAlgorithm.Md5, Qop = "auth", ClientNonce = "0a4f113b", NonceCount = 1,
        };
        Assert.Equal("6629fae49393a05397450978507c4ef1", Proof(credentials, "Circle Of Life"));
    }

    // RFC 7616 section 3.9.1.
    [Theory]
    [InlineData("MD5", "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void Rfc7616_example(string algorithm, string expected)
    {
        Assert.True(DigestAlgorithm.TryParse(algorithm, out var known));
        var credentials = new DigestCredentials
        {
            Username = "Mufasa", Realm = "http-auth@example.org", Nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", Uri = "/dir/index.html",
            Algorithm = known, Qop = "auth", ClientNonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", NonceCount = 1,
        };
        Assert.Equal(expected, Proof(credentials, "Circle of Life"));
    }

    // RFC 7616 section 3.9.2 with erratum 4897: the RFC's own figures were made with SHA-512 cut short, which is another hash.
    [Fact]
    public void Rfc7616_example_with_hashed_user_and_sha_512_256()
    {
        Assert.True(DigestChallenge.TryParse(
            "Digest realm=\"api@example.org\",qop=\"auth\",algorithm=SHA-512-256,nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\","
            + "opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\",charset=UTF-8,userhash=true", out var challenge));
        var credentials = DigestCredentials.Of(challenge, "Jäsøn Doe", "/doe.json", "auth", "NTg6RKcb9boFIAS3KrFK9BGeh+niz/sm", 1);
        var proof = new DigestSecret(challenge.Algorithm, "Jäsøn Doe", challenge.Realm, "Secret, or not?").Prove(credentials, "GET", []);

        Assert.Equal("793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b", credentials.Username);
        Assert.Equal("7a4e1192babbba02e91182d2895bfdbf7adafc6e48d4e517ca301974843d840c", proof);   // computed with OpenSSL
        Assert.Contains("userhash=true", credentials.ToString(), StringComparison.Ordinal);
    }

    // The scheme of RFC 2069, which servers without qop still ask.
    [Fact]
    public void Proof_without_protection_has_no_count()
    {
        var credentials = new DigestCredentials { Username = "a", Realm = "r", Nonce = "n", Uri = "sip:h", Algorithm = DigestAlgorithm.Md5 };
        Assert.Equal(
            DigestAlgorithm.Md5.Hash($"{DigestAlgorithm.Md5.Hash("a:r:p")}:n:{DigestAlgorithm.Md5.Hash("GET:sip:h")}"),
            Proof(credentials, "p"));
    }

    [Fact]
    public void Session_algorithms_mix_the_nonces_into_the_secret_and_auth_int_covers_the_body()
    {
        Assert.True(DigestAlgorithm.TryParse("sha-256-sess", out var algorithm));
        string Hash(string text) => DigestAlgorithm.Sha256.Hash(text);
        var credentials = new DigestCredentials
        {
            Username = "a", Realm = "r", Nonce = "n", Uri = "sip:h", Algorithm = algorithm, Qop = "auth-int", ClientNonce = "c", NonceCount = 0xAB,
        };
        var expected = Hash($"{Hash($"{Hash("a:r:p")}:n:c")}:n:000000ab:c:auth-int:{Hash($"INVITE:sip:h:{Hash("v=0")}")}");
        Assert.Equal(expected, new DigestSecret(algorithm, "a", "r", "p").Prove(credentials, "INVITE", "v=0"u8));
    }

    private static string Proof(DigestCredentials credentials, string password) =>
        new DigestSecret(credentials.Algorithm, credentials.Username, credentials.Realm, password).Prove(credentials, "GET", []);
}
