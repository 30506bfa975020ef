using System.Net;
using System.Text;
using Telephony.Sip.Admission;
using Telephony.Sip.Authentication;
using Telephony.Sip.Messages;
using Telephony.Tests.Sip.Messages;
using Telephony.Trunks;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Goal A20 on the wire: who may call and register where users are configured, and what others learn.</summary>
public sealed class LoginTests
{
    [Fact]
    public void Call_of_a_stranger_is_asked_for_a_login_and_known_after_it()
    {
        var bench = Bench();
        bench.Receive(new PeerScript().Invite());
        Assert.Equal(["401 Unauthorized"], bench.TakeStartLines());
        Assert.Empty(bench.Events);
        Assert.Equal(0, bench.Agent.TransactionCount);

        var phone = new PhoneScript(bench);
        phone.Invite();
        Assert.Equal(["invite"], bench.Events);
        Assert.Equal("alice", bench.Call!.User);
    }

    [Fact]
    public void Without_users_anybody_may_call_as_before()
    {
        var bench = new SipBench();
        bench.Receive(new PeerScript().Invite());
        Assert.Equal(["invite"], bench.Events);
        Assert.Null(bench.Call!.User);
    }

    [Fact]
    public void Call_replayed_with_the_same_credentials_is_refused_as_stale()
    {
        var bench = Bench();
        var phone = new PhoneScript(bench);
        phone.Invite();
        var thief = new PhoneScript(bench) { CallId = "stolen" };
        var response = thief.Exchange("INVITE", "sip:agent@198.51.100.5", $"Contact: {thief.Contact}\nAuthorization: {phone.Authorization}\n");

        Assert.Equal(401, response.StatusCode);
        Assert.Contains("stale=true", response.Headers.GetFirst(HeaderNames.WwwAuthenticate), StringComparison.Ordinal);
        Assert.Equal(["invite"], bench.Events);
    }

    /// <summary>The "digest" class of defects, on the wire: whatever becomes of used credentials, they let nobody in and break nothing.</summary>
    [Theory, InlineData(51), InlineData(52)]
    public void Damaged_copies_of_used_credentials_let_nobody_in(int seed)
    {
        var bench = Bench();
        var owner = new PhoneScript(bench);
        owner.Register();
        var mutation = new Mutation(seed);
        var original = Encoding.Latin1.GetBytes(owner.Authorization!);
        for (var i = 0; i < 1_000; i++)
        {
            var damaged = Encoding.Latin1.GetString(mutation.Damage(original)).Replace('\r', ' ').Replace('\n', ' ');
            bench.TakeSent();
            new PhoneScript(bench) { CallId = $"thief{i}" }.Exchange("REGISTER", "sip:198.51.100.5", $"Contact: <sip:alice@192.0.2.66>\nAuthorization: {damaged}\n");
            Assert.DoesNotContain(bench.TakeSent(), sent => sent.StartsWith("SIP/2.0 200", StringComparison.Ordinal));
        }
        Assert.Equal("192.0.2.10", Assert.Single(bench.Agent.Locations.ContactsOf("alice")).Uri.Host);
        Assert.Equal(200, owner.Register().StatusCode);
    }

    [Fact]
    public void Credentials_of_one_user_do_not_speak_for_another()
    {
        var bench = Bench();
        Assert.Equal(403, new PhoneScript(bench) { From = "bob" }.Invite().StatusCode);
        Assert.Equal(403, new PhoneScript(bench) { To = "bob", CallId = "2" }.Register().StatusCode);
        Assert.Empty(bench.Events);
        Assert.Equal(0, bench.Agent.RegistrationCount);
    }

    [Fact]
    public void Pbx_that_logs_in_may_name_any_caller_but_registers_as_itself()
    {
        var bench = Bench();
        new PhoneScript(bench, "pbx", "secret-of-pbx") { From = "+4930555" }.Invite();
        Assert.Equal("pbx", bench.Call!.User);
        Assert.Equal(403, new PhoneScript(bench, "pbx", "secret-of-pbx") { To = "alice", CallId = "2" }.Register().StatusCode);
    }

    [Fact]
    public void Users_call_and_register_by_their_number_too()
    {
        var bench = Bench();
        new PhoneScript(bench) { From = "4711" }.Invite();
        Assert.Equal("alice", bench.Call!.User);
        Assert.Equal(200, new PhoneScript(bench) { To = "4711", CallId = "2" }.Register().StatusCode);
    }

    [Fact]
    public void Unknown_user_and_wrong_password_get_the_same_answer()
    {
        var bench = Bench();
        var unknown = new PhoneScript(bench, "nobody").Register();
        var wrong = new PhoneScript(bench, "alice", "guess") { CallId = "registration-of-nobody" }.Register();

        Assert.Equal(401, unknown.StatusCode);
        Assert.Equal(Shape(unknown), Shape(wrong));

        static string Shape(SipResponse response) => string.Join('\n', response.Headers
            .Where(header => header.Name is not (HeaderNames.From or HeaderNames.To or HeaderNames.Via or HeaderNames.CSeq))
            .Select(header => header.Name == HeaderNames.WwwAuthenticate ? header.Value[..header.Value.IndexOf("nonce", StringComparison.Ordinal)] : $"{header}"));
    }

    /// <summary>The "missing auth on side methods" class of defects: a stranger is asked for a login, or hears nothing.</summary>
    [Theory]
    [InlineData("INVITE", 401)]
    [InlineData("REGISTER", 401)]
    [InlineData("MESSAGE", null)]
    [InlineData("SUBSCRIBE", null)]
    [InlineData("PUBLISH", null)]
    [InlineData("REFER", null)]
    [InlineData("UPDATE", null)]
    [InlineData("NOTIFY", null)]
    [InlineData("INFO", null)]
    [InlineData("PRACK", null)]
    [InlineData("BYE", null)]
    [InlineData("OPTIONS", null)]
    public void Every_method_without_a_login(string method, int? expected)
    {
        var bench = Bench();
        bench.Receive(new PeerScript().InDialog(method, "Contact: <sip:alice@192.0.2.10:5070>\n"));
        if (expected is null)
            Assert.Empty(bench.TakeSent());
        else
            Assert.Equal(expected, bench.LastResponse().StatusCode);
        Assert.Empty(bench.Events);
        Assert.Equal((0, 0), (bench.Agent.RegistrationCount, bench.Agent.TransactionCount));
    }

    [Fact]
    public void Phone_that_is_registered_gets_answers_on_its_way_but_calls_with_a_login_only()
    {
        var bench = Bench();
        var phone = new PhoneScript(bench);
        phone.Register();
        Assert.Equal(200, phone.Exchange("OPTIONS", "sip:198.51.100.5", "").StatusCode);
        Assert.Equal(405, phone.Exchange("SUBSCRIBE", "sip:198.51.100.5", "").StatusCode);
        Assert.Equal(401, phone.Exchange("INVITE", "sip:agent@198.51.100.5", $"Contact: {phone.Contact}\n").StatusCode);
        phone.Register("Expires: 0\n");
        bench.TakeSent();
        bench.Receive(new PeerScript().InDialog("OPTIONS"));
        Assert.Empty(bench.TakeSent());
    }

    [Fact]
    public void Where_strangers_are_answered_they_call_without_a_login_but_not_in_the_name_of_a_user()
    {
        var bench = Bench(StrangerPolicy.Answer);
        bench.Receive(new PeerScript().Invite());
        Assert.Equal(["invite"], bench.Events);
        Assert.Null(bench.Call!.User);

        Assert.Equal(401, new PhoneScript(bench).Exchange("INVITE", "sip:agent@198.51.100.5", "Contact: <sip:x@192.0.2.10>\n").StatusCode);
        Assert.Equal(401, new PhoneScript(bench) { From = "4711", CallId = "2" }.Exchange("INVITE", "sip:agent@198.51.100.5", "Contact: <sip:x@192.0.2.10>\n").StatusCode);
        Assert.Equal(401, new PhoneScript(bench) { CallId = "3" }.Exchange("REGISTER", "sip:198.51.100.5", "").StatusCode);
        Assert.Equal(["invite"], bench.Events);
    }

    /// <summary>A host that reads numbers in one spelling must not be told a user's by somebody who spelled it otherwise to pass the login.</summary>
    [Theory]
    [InlineData("<sip:+4930111@x.example>")]
    [InlineData("<sip:+49-30-111@x.example>")]
    [InlineData("<sip:+4930111;a=b@x.example>")]
    [InlineData("<sip:alice;a=b@x.example>")]
    [InlineData("<sip:47.11@x.example;user=phone>")]
    [InlineData("<tel:+4930111>")]
    [InlineData("<tel:30-111;phone-context=+49>")]
    public void Where_strangers_are_answered_no_spelling_of_a_users_number_avoids_the_login(string from)
    {
        var bench = Bench(StrangerPolicy.Answer);
        bench.Receive(new PeerScript().Invite().Replace("\"Caller\" <sip:caller@192.0.2.10>", from, StringComparison.Ordinal));
        Assert.Equal(["401 Unauthorized"], bench.TakeStartLines());
        Assert.Empty(bench.Events);
    }

    [Fact]
    public void User_who_has_logged_in_may_spell_the_own_number_otherwise_too()
    {
        var bench = Bench();
        new PhoneScript(bench, "bob", "secret-of-bob") { From = "+49-30-111" }.Invite();
        Assert.Equal("bob", bench.Call!.User);
    }

    [Fact]
    public void Trunk_calls_without_a_login_in_whatever_name_but_does_not_register()
    {
        var bench = Bench(trunk: SipBench.Peer.Address.ToString());
        Assert.Equal(100, new PhoneScript(bench).Exchange("INVITE", "sip:agent@198.51.100.5", "Contact: <sip:x@192.0.2.10>\n").StatusCode);
        Assert.Equal(["invite"], bench.Events);
        Assert.Equal(401, new PhoneScript(bench) { CallId = "3" }.Exchange("REGISTER", "sip:198.51.100.5", "").StatusCode);
    }

    [Fact]
    public void Trunk_whose_address_proves_too_little_logs_in_as_its_user_and_nobody_else()
    {
        var bench = Bench(trunk: SipBench.Peer.Address.ToString(), trunkUser: "bob");
        Assert.Equal(401, new PhoneScript(bench) { CallId = "1" }.Exchange("INVITE", "sip:agent@198.51.100.5", "Contact: <sip:x@192.0.2.10>\n").StatusCode);
        Assert.Equal(403, new PhoneScript(bench) { CallId = "2" }.Invite().StatusCode);
        Assert.Empty(bench.Events);
        new PhoneScript(bench, "bob", "secret-of-bob") { CallId = "3", From = "+4930555" }.Invite();
        Assert.Equal(["invite"], bench.Events);
        Assert.Equal("provider", bench.Call!.Trunk!.Name);
    }

    [Fact]
    public void Twenty_wrong_passwords_ban_their_source_and_no_one_else()
    {
        var bench = Bench();
        var bystander = new PhoneScript(bench, "bob", "secret-of-bob") { Address = new(IPAddress.Parse("203.0.113.7"), 5060) };
        for (var i = 0; i < 20; i++)
        {
            bench.Advance(1);
            Assert.Equal(401, new PhoneScript(bench, "alice", $"guess{i}") { CallId = $"g{i}" }.Register().StatusCode);
            Assert.Equal(0, bench.Agent.BanCount);
        }
        new PhoneScript(bench, "alice", "guess") { CallId = "last" }.Register();
        Assert.Equal(1, bench.Agent.BanCount);
        Assert.Equal(200, bystander.Register().StatusCode);
    }

    [Fact]
    public void Guesser_behind_the_address_of_a_phone_is_not_looked_at_after_20_wrong_passwords_but_the_phone_is()
    {
        var bench = Bench();
        var phone = new PhoneScript(bench);
        phone.Register();
        var neighbour = new IPEndPoint(SipBench.Peer.Address, 6000);
        Guess(bench, neighbour, 21);
        Assert.Equal(0, bench.Agent.BanCount);

        Assert.Equal(401, Bob("blocked").Register().StatusCode);   // although the password is right
        Assert.Equal(1, bench.Agent.RegistrationCount);
        Assert.Equal(200, phone.Register().StatusCode);
        bench.Advance(301);
        Assert.Equal(200, Bob("later").Register().StatusCode);

        PhoneScript Bob(string callId) => new(bench, "bob", "secret-of-bob") { CallId = callId, Address = neighbour };
    }

    [Fact]
    public void Registered_user_who_guesses_the_passwords_of_others_is_not_looked_at_either_but_stays_registered()
    {
        var bench = Bench();
        var phone = new PhoneScript(bench);
        phone.Register();
        Guess(bench, SipBench.Peer, 21);
        Assert.Equal(401, Bob("blocked").Register().StatusCode);   // although the password is right
        Assert.Empty(bench.Agent.Locations.ContactsOf("bob"));
        Assert.Equal(200, phone.Register().StatusCode);
        phone.Invite();
        Assert.Equal(["invite"], bench.Events);

        bench.Advance(301);
        Assert.Equal(200, Bob("later").Register().StatusCode);

        PhoneScript Bob(string callId) => new(bench, "bob", "secret-of-bob") { CallId = callId };
    }

    [Fact]
    public void Guesser_behind_the_address_of_a_trunk_that_logs_in_is_not_looked_at_after_20_wrong_passwords()
    {
        var bench = Bench(trunk: SipBench.Peer.Address.ToString(), trunkUser: "bob");
        Guess(bench, SipBench.Peer, 21);
        new PhoneScript(bench, "bob", "secret-of-bob") { CallId = "blocked", From = "+4930555" }.Invite();
        Assert.Empty(bench.Events);
        bench.Advance(301);
        new PhoneScript(bench, "bob", "secret-of-bob") { CallId = "later", From = "+4930555" }.Invite();
        Assert.Equal(["invite"], bench.Events);
    }

    [Fact]
    public void Wrong_passwords_in_datagrams_with_a_forged_address_are_held_against_whom_their_nonce_was_given_to()
    {
        var bench = Bench(trunk: SipBench.Peer.Address.ToString(), trunkUser: "bob");
        var attacker = new PhoneScript((text, to) => Exchange(text, text.Contains("Authorization", StringComparison.Ordinal) ? SipBench.Peer : to), "alice", "guess")
        {
            Address = new(IPAddress.Parse("203.0.113.66"), 5060),
        };
        for (var i = 0; i < 30; i++)
            attacker.Register();
        new PhoneScript(bench, "bob", "secret-of-bob") { CallId = "victim", From = "+4930555" }.Invite();
        Assert.Equal(["invite"], bench.Events);

        SipResponse Exchange(string text, IPEndPoint from)
        {
            bench.Receive(text, from);
            return bench.LastResponse();
        }
    }

    private static void Guess(SipBench bench, IPEndPoint from, int times)
    {
        for (var i = 0; i < times; i++)
            Assert.Equal(401, new PhoneScript(bench, "bob", $"guess{i}") { CallId = $"guess{i}", Address = from }.Register().StatusCode);
    }

    [Fact]
    public void Requests_within_a_call_need_no_login()
    {
        var bench = Bench();
        var phone = new PhoneScript(bench);
        phone.Invite();
        bench.Call!.Accept(Encoding.UTF8.GetBytes(SipBench.Sdp));
        var tag = bench.LastResponse().To.Tag;
        bench.Receive(InDialog("ACK", 2));
        Assert.Equal(["invite", "ack 0"], bench.Events);
        bench.Receive(InDialog("BYE", 3));
        Assert.Equal(["invite", "ack 0", "bye"], bench.Events);

        string InDialog(string method, int cseq) =>
            $"{method} sip:agent@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bKx{method}\nMax-Forwards: 70\n"
            + $"From: <sip:alice@198.51.100.5>;tag=phone\nTo: <sip:agent@198.51.100.5>;tag={tag}\nCall-ID: {phone.CallId}\nCSeq: {cseq} {method}\n";
    }

    [Fact]
    public void User_who_has_logged_in_may_have_us_call_somebody_where_that_is_configured()
    {
        var bench = new SipBench(configure: options => options with
        {
            Users = new Dictionary<string, UserOptions> { ["alice"] = new() { Password = PhoneScript.Password } },
            Strangers = StrangerPolicy.Silence,
            TakesRefer = _ => true,
        });
        new PhoneScript(bench).Invite();
        bench.Call!.Accept(Encoding.UTF8.GetBytes(SipBench.Sdp));
        Assert.Contains("REFER", bench.LastResponse().Headers.GetValues(HeaderNames.Allow));
    }

    [Fact]
    public void Passwords_are_in_nothing_that_is_sent_or_logged()
    {
        var bench = Bench();
        var phone = new PhoneScript(bench);
        phone.Register();
        phone.Invite();
        new PhoneScript(bench, "alice", "guess") { CallId = "3" }.Register();
        Assert.Contains(bench.Log.Lines, line => line.Contains("User alice registered at", StringComparison.Ordinal));
        Assert.Contains(bench.Log.Lines, line => line.Contains("Wrong user name or password", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Log.Lines, line => line.Contains(PhoneScript.Password, StringComparison.Ordinal) || line.Contains("guess", StringComparison.Ordinal)
            || line.Contains("response=", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Wire.Sent, sent => sent.Text.Contains(PhoneScript.Password, StringComparison.Ordinal)
            || sent.Text.Contains(DigestAlgorithm.Md5.Hash($"alice:voiceagent:{PhoneScript.Password}"), StringComparison.OrdinalIgnoreCase));
    }

    internal static SipBench Bench(StrangerPolicy strangers = StrangerPolicy.Silence, string? trunk = null, string trunkUser = "") => new(configure: options => options with
    {
        Users = new Dictionary<string, UserOptions>
        {
            ["alice"] = new() { Password = PhoneScript.Password, Number = "4711" },
            ["bob"] = new() { Password = "secret-of-bob", Number = "+4930111" },
            ["pbx"] = new() { Password = "secret-of-pbx", AnyCaller = true },
        },
        Strangers = strangers,
        Trunks = new(trunk is null ? [] : new Dictionary<string, TrunkOptions> { ["provider"] = new() { Addresses = [trunk], RequireUser = trunkUser } }),
    });
}
