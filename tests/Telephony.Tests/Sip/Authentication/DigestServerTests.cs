using Support;
using Telephony.Sip.Authentication;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Authentication;

/// <summary>Goal A20, server: logins cannot be forged, replayed or guessed at.</summary>
public sealed class DigestServerTests
{
    private const string Password = "secret-alice";

    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData("MD5")]
    [InlineData("SHA-256")]
    [InlineData("SHA-512-256")]
    public void Right_password_is_accepted_with_every_algorithm(string algorithm)
    {
        var server = Server(new() { Algorithms = [algorithm] });
        var result = server.Check(Signed(server));
        Assert.Equal((DigestVerdict.Accepted, "alice"), (result.Verdict, result.User?.Name));
    }

    [Fact]
    public void One_challenge_for_each_algorithm_strongest_first()
    {
        var server = Server(new() { Algorithms = ["MD5", "SHA-512-256", "SHA-256"] });
        Assert.Equal(["SHA-512-256", "SHA-256", "MD5"], Challenges(server).Select(challenge => challenge.Algorithm.Name));
    }

    [Fact]
    public void By_default_SHA_256_is_offered_before_MD5_and_chosen()
    {
        var server = Server();
        Assert.Equal(["SHA-256", "MD5"], Challenges(server).Select(challenge => challenge.Algorithm.Name));
        Assert.True(DigestCredentials.TryParse(Signed(server).Headers.GetFirst(HeaderNames.Authorization)!, out var credentials));
        Assert.Equal("SHA-256", credentials.Algorithm.Name);
    }

    [Fact]
    public void MD5_is_refused_where_it_is_not_offered()
    {
        var server = Server(new() { Algorithms = ["SHA-256"] });
        var challenge = Challenges(server)[0] with { Algorithm = DigestAlgorithm.Md5 };
        Assert.Equal(DigestVerdict.Missing, server.Check(Signed(challenge)).Verdict);
    }

    [Fact]
    public void Every_replay_is_refused()
    {
        var server = Server();
        var request = Signed(server);
        Assert.Equal(DigestVerdict.Accepted, server.Check(request).Verdict);
        for (var i = 0; i < 1_000; i++)
            Assert.Equal(DigestVerdict.Stale, server.Check(request).Verdict);
    }

    [Fact]
    public void Count_must_grow_but_may_leave_gaps()
    {
        var server = Server();
        var challenge = Challenges(server)[0];
        Assert.Equal(DigestVerdict.Accepted, server.Check(Signed(challenge, count: 1)).Verdict);
        Assert.Equal(DigestVerdict.Accepted, server.Check(Signed(challenge, count: 7)).Verdict);
        Assert.Equal(DigestVerdict.Stale, server.Check(Signed(challenge, count: 7)).Verdict);
        Assert.Equal(DigestVerdict.Stale, server.Check(Signed(challenge, count: 3)).Verdict);
    }

    [Fact]
    public void Count_that_was_changed_on_the_way_is_a_wrong_proof()
    {
        var server = Server();
        var request = Signed(server);
        request.Headers.Set(HeaderNames.Authorization, request.Headers.GetFirst(HeaderNames.Authorization)!.Replace("nc=00000001", "nc=00000002", StringComparison.Ordinal));
        Assert.Equal(DigestVerdict.Wrong, server.Check(request).Verdict);
    }

    [Fact]
    public void Old_nonce_is_stale()
    {
        var server = Server();
        var challenge = Challenges(server)[0];
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(DigestVerdict.Accepted, server.Check(Signed(challenge, count: 1)).Verdict);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(DigestVerdict.Stale, server.Check(Signed(challenge, count: 2)).Verdict);
        Assert.All(Challenges(server, isStale: true), fresh => Assert.True(fresh.IsStale));
    }

    [Fact]
    public void Nonces_of_others_are_stale_whatever_the_password()
    {
        var foreign = Challenges(Server())[0];
        var server = Server();
        Assert.Equal(DigestVerdict.Stale, server.Check(Signed(foreign)).Verdict);
        Assert.Equal(DigestVerdict.Stale, server.Check(Signed(foreign, password: "guess")).Verdict);
        Assert.Equal(DigestVerdict.Stale, server.Check(Signed(foreign with { Nonce = "" })).Verdict);
        Assert.Equal(DigestVerdict.Stale, server.Check(Signed(foreign with { Nonce = new string('A', 4_000) })).Verdict);
    }

    [Fact]
    public void A_nonce_has_one_spelling()
    {
        var server = Server();
        var challenge = Challenges(server)[0];
        // The last character of base64 has bits that no byte needs.
        var twin = challenge.Nonce[..^1] + (char)(challenge.Nonce[^1] + 1);
        Assert.Equal(DigestVerdict.Accepted, server.Check(Signed(challenge)).Verdict);
        Assert.Equal(DigestVerdict.Stale, server.Check(Signed(challenge with { Nonce = twin })).Verdict);
        Assert.Equal(DigestVerdict.Stale, server.Check(Signed(challenge with { Nonce = challenge.Nonce + "=" })).Verdict);
    }

    [Fact]
    public void Protection_that_is_missing_is_refused_by_default()
    {
        var server = Server();
        Assert.Equal(DigestVerdict.Missing, server.Check(Signed(Challenges(server)[0] with { Qop = null })).Verdict);
        Assert.Equal(DigestVerdict.Missing, server.Check(Signed(Challenges(server)[0] with { Qop = "auth-int" })).Verdict);
    }

    [Fact]
    public void Protection_that_is_missing_lets_each_nonce_in_once_where_it_is_allowed()
    {
        var server = Server(new() { RequireQop = false });
        var challenge = Challenges(server)[0] with { Qop = null };
        Assert.Equal(DigestVerdict.Accepted, server.Check(Signed(challenge)).Verdict);
        Assert.Equal(DigestVerdict.Stale, server.Check(Signed(challenge)).Verdict);
        Assert.Equal(DigestVerdict.Stale, server.Check(Signed(challenge with { Qop = "auth" }, count: 9)).Verdict);
    }

    [Fact]
    public void Unknown_realm_is_no_login()
    {
        var server = Server();
        Assert.Equal(DigestVerdict.Missing, server.Check(Signed(Challenges(server)[0] with { Realm = "elsewhere" })).Verdict);
    }

    [Fact]
    public void Unknown_user_and_wrong_password_are_told_the_same()
    {
        var server = Server();
        Assert.Equal(DigestVerdict.Wrong, server.Check(Signed(Challenges(server)[0], user: "nobody")).Verdict);
        Assert.Equal(DigestVerdict.Wrong, server.Check(Signed(Challenges(server)[0], user: "")).Verdict);
        Assert.Equal(DigestVerdict.Wrong, server.Check(Signed(Challenges(server)[0], password: "guess")).Verdict);
        Assert.Equal(0, server.NonceCount);
    }

    [Theory]
    [InlineData("sip:agent@example.com", "sip:agent@example.com:5060;transport=tcp", true)]
    [InlineData("sip:example.com:5060", "sip:agent@example.com", true)]
    [InlineData("sip:example.org", "sip:agent@example.com", false)]
    [InlineData("sip:agent@example.com", "sip:other@example.com", false)]
    [InlineData("sip:agent@example.com", "sip:agent@example.org", false)]
    [InlineData("sip:agent@example.com", "tel:+4930123456", false)]
    [InlineData("tel:+4930123457", "tel:+4930123456", false)]
    public void Proof_for_somebody_else_is_none(string signed, string requested, bool isAccepted)
    {
        var server = Server();
        var request = Signed(server, requestUri: signed);
        request.RequestUri = Uri(requested);
        Assert.Equal(isAccepted ? DigestVerdict.Accepted : DigestVerdict.Missing, server.Check(request).Verdict);
    }

    [Fact]
    public void Proof_for_another_method_is_wrong()
    {
        var server = Server();
        var signed = Signed(server).Headers.GetFirst(HeaderNames.Authorization)!;
        var register = new SipRequest(SipMethods.Register, Uri("sip:agent@example.com"));
        register.Headers.Add(HeaderNames.Authorization, signed);
        Assert.Equal(DigestVerdict.Wrong, server.Check(register).Verdict);
    }

    [Theory]
    [InlineData("Digest")]
    [InlineData("Basic YWxpY2U6c2VjcmV0")]
    [InlineData("Digest username=\"alice\",realm=\"voiceagent\",nonce=\"\",uri=\"\",response=\"\"")]
    public void What_cannot_be_read_is_no_login(string value)
    {
        var request = new SipRequest(SipMethods.Invite, Uri("sip:agent@example.com"));
        request.Headers.Add(HeaderNames.Authorization, value);
        Assert.Equal(DigestVerdict.Missing, Server().Check(request).Verdict);
    }

    [Fact]
    public void Oversized_proof_is_refused()
    {
        var server = Server();
        var request = Signed(server);
        var value = request.Headers.GetFirst(HeaderNames.Authorization)!;
        request.Headers.Set(HeaderNames.Authorization, value.Replace("response=\"", "response=\"" + new string('0', 4_000), StringComparison.Ordinal));
        Assert.Equal(DigestVerdict.Missing, server.Check(request).Verdict);
    }

    [Fact]
    public void Memory_of_nonces_is_bounded_and_forgetting_lets_no_replay_in()
    {
        var server = Server(new() { MaxNonces = 100 });
        var requests = new List<SipRequest>();
        for (var i = 0; i < 300; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            requests.Add(Signed(server));
            Assert.Equal(DigestVerdict.Accepted, server.Check(requests[^1]).Verdict);
        }
        Assert.Equal(100, server.NonceCount);
        Assert.All(requests, request => Assert.Equal(DigestVerdict.Stale, server.Check(request).Verdict));

        _clock.Advance(TimeSpan.FromMinutes(6));
        server.Check(Signed(server));
        Assert.Equal(1, server.NonceCount);
    }

    [Fact]
    public void Users_are_known_by_name_and_number()
    {
        var user = new UserDirectory(new Dictionary<string, UserOptions> { ["alice"] = new() { Password = Password, Number = "4711" } }, new()).Find("4711")!;
        Assert.Equal("alice", user.Name);
        Assert.True(user.IsNamedBy(Uri("sip:alice@anywhere")));
        Assert.True(user.IsNamedBy(Uri("sip:4711@anywhere")));
        Assert.False(user.IsNamedBy(Uri("sip:bob@anywhere")));
        Assert.False(user.IsNamedBy(Uri("sip:anywhere")));
    }

    private static SipUri Uri(string text) => SipUri.TryParse(text, out var uri) ? uri : throw new ArgumentException(text);

    private static List<DigestChallenge> Challenges(DigestServer server, bool isStale = false)
    {
        var response = new SipResponse(401);
        server.Challenge(response, isStale, origin: default);
        return [.. response.Headers.GetLines(HeaderNames.WwwAuthenticate).Select(value => DigestChallenge.TryParse(value, out var challenge) ? challenge : null!)];
    }

    private static SipRequest Signed(DigestServer server, string requestUri = "sip:agent@example.com") => Signed(Challenges(server)[0], requestUri: requestUri);

    private static SipRequest Signed(DigestChallenge challenge, uint count = 1, string user = "alice", string password = Password,
        string requestUri = "sip:agent@example.com")
    {
        var request = new SipRequest(SipMethods.Invite, Uri(requestUri));
        var credentials = DigestCredentials.Of(challenge, user, requestUri, challenge.Qop, challenge.Qop is null ? null : "c0ffee", count);
        var secret = new DigestSecret(challenge.Algorithm, user, challenge.Realm, password);
        request.Headers.Add(HeaderNames.Authorization, (credentials with { Response = secret.Prove(credentials, request.Method, []) }).ToString());
        return request;
    }

    private DigestServer Server(DigestOptions? options = null) =>
        new(options ?? new(), new(new Dictionary<string, UserOptions> { ["alice"] = new() { Password = Password } }, options ?? new()), _clock);
}
