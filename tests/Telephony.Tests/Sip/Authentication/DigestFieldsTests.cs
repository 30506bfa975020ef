using System.Text;
using Telephony.Sip.Authentication;
using Telephony.Sip.Messages;
using Telephony.Tests.Sip.Messages;

namespace Telephony.Tests.Sip.Authentication;

/// <summary>Reading of challenges and credentials; the "digest" class of defects (CVE-2022-24754, CVE-2023-28098, CVE-2026-40892).</summary>
public sealed class DigestFieldsTests
{
    private const string Challenge = "Digest realm=\"example.com\",nonce=\"abc==\",opaque=\"x\",algorithm=SHA-256,qop=\"auth,auth-int\",stale=true";

    private const string Credentials =
        "Digest username=\"bob\",realm=\"r\",nonce=\"n\",uri=\"sip:h\",response=\"0123\",algorithm=MD5,cnonce=\"c\",qop=auth,nc=00000001,opaque=\"o\"";

    public static TheoryData<int> Seeds => [31, 32, 33];

    [Fact]
    public void Challenge_is_read_in_any_case_with_any_space()
    {
        Assert.True(DigestChallenge.TryParse("DIGEST\tRealm = \"example.com\" , nonce=\"abc==\",  ALGORITHM=sha-256, Stale=\"TRUE\" , unknown=1", out var challenge));
        Assert.Equal(("example.com", "abc==", "SHA-256", true), (challenge.Realm, challenge.Nonce, challenge.Algorithm.Name, challenge.IsStale));
    }

    [Fact]
    public void Challenge_survives_writing()
    {
        Assert.True(DigestChallenge.TryParse(Challenge, out var challenge));
        Assert.True(DigestChallenge.TryParse(challenge.ToString(), out var again));
        Assert.Equal(challenge, again);
    }

    [Fact]
    public void No_algorithm_means_MD5_and_an_unknown_one_is_no_challenge_for_us()
    {
        Assert.True(DigestChallenge.TryParse("Digest realm=\"r\",nonce=\"n\"", out var challenge));
        Assert.Same(DigestAlgorithm.Md5, challenge.Algorithm);
        Assert.False(DigestChallenge.TryParse("Digest realm=\"r\",nonce=\"n\",algorithm=AKAv1-MD5", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Digest")]
    [InlineData("Digestrealm=\"r\",nonce=\"n\"")]
    [InlineData("Basic realm=\"r\",nonce=\"n\"")]
    [InlineData("Digest nonce=\"n\"")]
    [InlineData("Digest realm=\"r\"")]
    [InlineData("Digest realm=\"r\",nonce")]
    [InlineData("Digest realm=\"r,nonce=\"n\"")]
    [InlineData("Digest realm=\"r\"x,nonce=\"n\"")]
    [InlineData("Digest realm=\"r\",realm=\"s\",nonce=\"n\"")]
    [InlineData("Digest re alm=\"r\",nonce=\"n\"")]
    [InlineData("Digest realm=a b,nonce=\"n\"")]
    public void What_is_no_challenge_is_refused(string text) => Assert.False(DigestChallenge.TryParse(text, out _));

    [Theory]
    [InlineData("nc=00000001", "nc=1")]
    [InlineData("nc=00000001", "nc=0000000g")]
    [InlineData("nc=00000001", "nc=00000000")]
    [InlineData("nc=00000001", "nc=000000001")]
    [InlineData(",nc=00000001", "")]
    [InlineData("cnonce=\"c\",", "")]
    [InlineData("cnonce=\"c\"", "cnonce=\"\"")]
    [InlineData("uri=\"sip:h\",", "")]
    [InlineData("response=\"0123\",", "")]
    [InlineData("username=\"bob\",", "")]
    public void Credentials_that_prove_nothing_are_refused(string part, string damaged)
    {
        Assert.True(DigestCredentials.TryParse(Credentials, out _));
        Assert.False(DigestCredentials.TryParse(Credentials.Replace(part, damaged, StringComparison.Ordinal), out _));
    }

    [Fact]
    public void Number_of_parameters_is_bounded()
    {
        var many = string.Concat(Enumerable.Range(0, 100).Select(i => $",p{i}=1"));
        Assert.False(DigestChallenge.TryParse("Digest realm=\"r\",nonce=\"n\"" + many, out _));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Damaged_challenges_and_credentials_never_throw_and_survive_writing(int seed)
    {
        var mutation = new Mutation(seed);
        for (var round = 0; round < 20_000; round++)
        {
            // Written in full it may be a little longer than it came: not at the limit of a line.
            var text = Encoding.Latin1.GetString(mutation.Damage(Encoding.Latin1.GetBytes(round % 2 == 0 ? Challenge : Credentials)));
            if (text.Length < SipLimits.MaxHeaderBytes - 100 && DigestChallenge.TryParse(text, out var challenge))
            {
                challenge.TryChooseQop(out _);
                Assert.True(DigestChallenge.TryParse(challenge.ToString(), out var again));
                Assert.Equal(challenge, again);
            }
            if (text.Length < SipLimits.MaxHeaderBytes - 100 && DigestCredentials.TryParse(text, out var credentials))
            {
                Assert.True(DigestCredentials.TryParse(credentials.ToString(), out var again));
                Assert.Equal(credentials.Response, again.Response);
            }
        }
    }
}
