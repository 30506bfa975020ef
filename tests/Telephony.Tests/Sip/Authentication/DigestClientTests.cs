using System.Text;
using Telephony.Sip.Authentication;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Authentication;

/// <summary>Goal A20, client: credentials are made of the best challenge, for our realm only, at most twice.</summary>
public sealed class DigestClientTests
{
    private const string Canary = "CANARY-7f3a-password";

    private readonly DigestAccount _account = new("trunk-user", Canary, "trunk.example");

    [Fact]
    public void Challenge_is_answered_with_a_right_proof()
    {
        var credentials = Answer(Challenge("trunk.example"));

        Assert.Equal(("trunk-user", "trunk.example", "n1", "sip:bob@h", 1u, "o"), (credentials.Username, credentials.Realm, credentials.Nonce,
            credentials.Uri, credentials.NonceCount, credentials.Opaque));
        Assert.Equal(new DigestSecret(DigestAlgorithm.Md5, "trunk-user", "trunk.example", Canary).Prove(credentials, "INVITE", []), credentials.Response);
    }

    [Fact]
    public void Of_three_challenges_the_topmost_that_we_have_is_answered() => Assert.Equal(
        "SHA-256",
        Answer(Challenge("trunk.example", algorithm: "SHA3-512"), Challenge("trunk.example", algorithm: "SHA-256"), Challenge("trunk.example")).Algorithm.Name);

    [Fact]
    public void Sha_512_256_is_answered_where_it_comes_first() => Assert.Equal(
        "SHA-512-256", Answer(Challenge("trunk.example", algorithm: "SHA-512-256"), Challenge("trunk.example", algorithm: "SHA-256")).Algorithm.Name);

    [Fact]
    public void Proxy_challenge_is_answered_in_the_proxy_header()
    {
        Assert.True(new DigestClient(_account).TryAnswer(Request(), Response(407, Challenge("trunk.example")), out var header));
        Assert.Equal(HeaderNames.ProxyAuthorization, header.Value.Name);
    }

    [Fact]
    public void Repeated_401_ends_it()
    {
        var client = new DigestClient(_account);
        var request = Request();
        Assert.True(Retry(client, request, Challenge("trunk.example")));
        Assert.False(Retry(client, request, Challenge("trunk.example", nonce: "n2")));
    }

    [Fact]
    public void Stale_nonce_is_a_new_chance_once()
    {
        var client = new DigestClient(_account);
        var request = Request();
        Assert.True(Retry(client, request, Challenge("trunk.example")));
        Assert.True(Retry(client, request, Challenge("trunk.example", nonce: "n2", more: ",stale=true")));
        Assert.False(Retry(client, request, Challenge("trunk.example", nonce: "n3", more: ",stale=true")));
    }

    [Fact]
    public void Count_grows_with_the_same_nonce()
    {
        var client = new DigestClient(_account);
        var request = Request();
        Retry(client, request, Challenge("trunk.example"));
        Retry(client, request, Challenge("trunk.example", more: ",stale=true"));
        Assert.Contains("nc=00000002", request.Headers.GetFirst(HeaderNames.Authorization), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_realm_gets_nothing() => Assert.False(new DigestClient(_account).TryAnswer(Request(), Response(401, Challenge("evil.example")), out _));

    [Fact]
    public void The_first_realm_asked_for_becomes_the_only_one()
    {
        var account = new DigestAccount("u", "p");
        Assert.True(new DigestClient(account).TryAnswer(Request(), Response(401, Challenge("first")), out _));
        Assert.False(new DigestClient(account).TryAnswer(Request(), Response(401, Challenge("second")), out _));
        Assert.True(new DigestClient(account).TryAnswer(Request(), Response(401, Challenge("first")), out _));
    }

    [Fact]
    public void Registrar_may_change_its_realm_unless_one_is_configured()
    {
        var account = new DigestAccount("u", "p");
        var register = new SipRequest(SipMethods.Register, new SipUri { Host = "h" });
        Assert.True(new DigestClient(account).TryAnswer(register, Response(401, Challenge("first")), out _));
        Assert.False(new DigestClient(account).TryAnswer(Request(), Response(401, Challenge("second")), out _));
        Assert.True(new DigestClient(account).TryAnswer(register, Response(401, Challenge("second")), out _));
        Assert.True(new DigestClient(account).TryAnswer(Request(), Response(401, Challenge("second")), out _));
        Assert.False(new DigestClient(_account).TryAnswer(register, Response(401, Challenge("second")), out _));
    }

    [Fact]
    public void Unknown_protection_gets_nothing_and_none_asked_is_answered_without()
    {
        Assert.False(new DigestClient(_account).TryAnswer(Request(), Response(401, "Digest realm=\"trunk.example\",nonce=\"n\",qop=\"token\""), out _));
        var credentials = Answer("Digest realm=\"trunk.example\",nonce=\"n\"");
        Assert.Equal((null, null), (credentials.Qop, credentials.ClientNonce));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(403)]
    [InlineData(494)]
    public void Only_401_and_407_are_challenges(int statusCode) =>
        Assert.False(new DigestClient(_account).TryAnswer(Request(), Response(statusCode, Challenge("trunk.example")), out _));

    [Fact]
    public void Password_is_in_nothing_that_is_written()
    {
        var client = new DigestClient(_account);
        Assert.True(client.TryAnswer(Request(), Response(401, Challenge("trunk.example")), out var header));
        var written = $"{_account} {header} {Answer(Challenge("trunk.example"))}";
        Assert.DoesNotContain(Canary, written, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_challenges_never_throw()
    {
        var mutation = new Messages.Mutation(41);
        var original = Encoding.Latin1.GetBytes(Challenge("trunk.example"));
        for (var round = 0; round < 10_000; round++)
        {
            var text = Encoding.Latin1.GetString(mutation.Damage(original)).Replace('\r', ' ').Replace('\n', ' ');
            if (new DigestClient(_account).TryAnswer(Request(), Response(401, text), out var header))
                Assert.True(DigestCredentials.TryParse(header.Value.Value, out _), text);
        }
    }

    private static string Challenge(string realm, string nonce = "n1", string algorithm = "MD5", string more = "") =>
        $"Digest realm=\"{realm}\",nonce=\"{nonce}\",opaque=\"o\",algorithm={algorithm},qop=\"auth\"{more}";

    private static SipRequest Request() => new(SipMethods.Invite, new SipUri { User = "bob", Host = "h" });

    private static SipResponse Response(int statusCode, params string[] challenges)
    {
        var response = new SipResponse(statusCode);
        foreach (var challenge in challenges)
            response.Headers.Add(statusCode == 407 ? HeaderNames.ProxyAuthenticate : HeaderNames.WwwAuthenticate, challenge);
        return response;
    }

    private static bool Retry(DigestClient client, SipRequest request, string challenge)
    {
        if (!client.TryAnswer(request, Response(401, challenge), out var header))
            return false;
        request.Headers.Set(header.Value.Name, header.Value.Value);
        return true;
    }

    private DigestCredentials Answer(params string[] challenges)
    {
        Assert.True(new DigestClient(_account).TryAnswer(Request(), Response(401, challenges), out var header));
        Assert.Equal(HeaderNames.Authorization, header.Value.Name);
        Assert.True(DigestCredentials.TryParse(header.Value.Value, out var credentials));
        return credentials;
    }
}
