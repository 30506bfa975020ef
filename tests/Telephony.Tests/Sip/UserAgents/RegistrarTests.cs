using System.Net;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>The registrar on the wire (RFC 3261 section 10.3), on virtual time.</summary>
public sealed class RegistrarTests
{
    private readonly SipBench _bench = LoginTests.Bench();

    [Fact]
    public void Phone_registers_and_is_found_by_name_and_number_on_the_way_it_came()
    {
        var phone = new PhoneScript(_bench) { Address = new IPEndPoint(IPAddress.Parse("203.0.113.9"), 40_000), Contact = "<sip:alice@192.168.1.5:5060>" };
        var response = phone.Register("Expires: 600\n");

        Assert.Equal(["<sip:alice@192.168.1.5:5060>;expires=600"], Contacts(response));
        var contact = Assert.Single(_bench.Agent.Locations.ContactsOf("4711"));
        Assert.Equal(("alice", "sip:alice@192.168.1.5:5060", phone.Address), (contact.User, contact.Uri.ToString(), contact.Flow.Remote));
        Assert.Equal(contact, Assert.Single(_bench.Agent.Locations.ContactsOf("alice")));
        Assert.Empty(_bench.Agent.Locations.ContactsOf("bob"));
        Assert.Empty(_bench.Agent.Locations.ContactsOf("nobody"));
    }

    [Fact]
    public void Phones_are_shown_to_operators_by_user_with_their_way_and_end_and_no_more_than_wanted()
    {
        var at = _bench.Clock.GetUtcNow();
        new PhoneScript(_bench, "bob", "secret-of-bob").Register("Expires: 600\n");
        _bench.Advance(10);
        new PhoneScript(_bench).Register("Expires: 120\n");
        var phones = _bench.Agent.Locations.Show(10);
        Assert.Equal(["alice", "bob"], phones.Select(phone => phone.User));
        Assert.Equal(("sip:alice@192.0.2.10:5070", $"udp://{SipBench.Peer}", true, at + TimeSpan.FromSeconds(130)), (phones[0].Contact, phones[0].Source, phones[0].IsReachable, phones[0].Until));
        Assert.Single(_bench.Agent.Locations.Show(1));
        _bench.Advance(120);
        Assert.Equal("bob", Assert.Single(_bench.Agent.Locations.Show(10)).User);
    }

    [Fact]
    public void Registration_ends_when_its_time_is_over()
    {
        new PhoneScript(_bench).Register("Expires: 120\n");
        _bench.Advance(119.9);
        Assert.Single(_bench.Agent.Locations.ContactsOf("alice"));
        _bench.Advance(0.1);
        Assert.Empty(_bench.Agent.Locations.ContactsOf("alice"));
        Assert.Equal(0, _bench.Agent.RegistrationCount);
    }

    [Fact]
    public void What_nobody_asks_about_is_forgotten_too()
    {
        new PhoneScript(_bench).Register("Expires: 120\n");
        _bench.Advance(151);
        Assert.Equal(0, _bench.Agent.RegistrationCount);
    }

    [Fact]
    public void Refresh_prolongs_it()
    {
        var phone = new PhoneScript(_bench);
        phone.Register("Expires: 120\n");
        _bench.Advance(100);
        Assert.Equal(["<sip:alice@192.0.2.10:5070>;expires=120"], Contacts(phone.Register("Expires: 120\n")));
        _bench.Advance(100);
        Assert.Single(_bench.Agent.Locations.ContactsOf("alice"));
    }

    [Fact]
    public void Refresh_from_another_port_moves_the_way()
    {
        var phone = new PhoneScript(_bench);
        phone.Register();
        phone.Address = new IPEndPoint(IPAddress.Parse("203.0.113.9"), 40_001);
        phone.Register();
        Assert.Equal(phone.Address, Assert.Single(_bench.Agent.Locations.ContactsOf("alice")).Flow.Remote);
    }

    [Fact]
    public void Time_asked_is_bounded_both_ways()
    {
        var phone = new PhoneScript(_bench);
        Assert.Equal(["<sip:alice@192.0.2.10:5070>;expires=3600"], Contacts(phone.Register()));
        Assert.Equal(["<sip:alice@192.0.2.10:5070>;expires=3600"], Contacts(phone.Register("Expires: 99999999999\n")));
        Assert.Equal(["<sip:alice@192.0.2.10:5070>;expires=3600"], Contacts(phone.Register("Expires: soon\n")));

        var tooBrief = phone.Register("Expires: 59\n");
        Assert.Equal((423, "60"), (tooBrief.StatusCode, tooBrief.Headers.GetFirst(HeaderNames.MinExpires)));
        Assert.Equal(["<sip:alice@192.0.2.10:5070>;expires=300"], Contacts(phone.Register("Expires: 60\n", "<sip:alice@192.0.2.10:5070>;expires=300")));
    }

    [Fact]
    public void Several_phones_are_ordered_by_preference_then_by_the_latest()
    {
        Register("a", "<sip:alice@192.0.2.1>;q=0.5");
        Register("b", "<sip:alice@192.0.2.2>;q=0.9");
        _bench.Advance(1);
        Register("c", "<sip:alice@192.0.2.3>;q=0.5");
        Assert.Equal(["192.0.2.2", "192.0.2.3", "192.0.2.1"], _bench.Agent.Locations.ContactsOf("alice").Select(contact => contact.Uri.Host));
    }

    [Fact]
    public void One_contact_is_removed_by_expires_0_and_all_by_a_star()
    {
        Register("a", "<sip:alice@192.0.2.1>");
        Register("b", "<sip:alice@192.0.2.2>");
        Assert.Equal(["<sip:alice@192.0.2.2>;expires=3600"], Contacts(Register("c", "<sip:alice@192.0.2.1>;expires=0")));
        Assert.Empty(Contacts(new PhoneScript(_bench) { CallId = "d" }.Register("Expires: 0\n", "*")));
        Assert.Equal(0, _bench.Agent.RegistrationCount);
    }

    [Theory]
    [InlineData("*", "")]
    [InlineData("*", "Expires: 60\n")]
    [InlineData("*, <sip:alice@192.0.2.1>", "Expires: 0\n")]
    [InlineData("<tel:+4930123456>", "")]
    [InlineData("<sip:alice@192.0.2.1", "")]
    [InlineData("<sip:alice@192.0.2.1>, nonsense", "")]
    public void Bad_contacts_change_nothing(string contact, string headers)
    {
        Register("a", "<sip:alice@192.0.2.99>");
        Assert.Equal(400, new PhoneScript(_bench) { CallId = "b" }.Register(headers, contact).StatusCode);
        Assert.Equal("192.0.2.99", Assert.Single(_bench.Agent.Locations.ContactsOf("alice")).Uri.Host);
    }

    [Fact]
    public void All_contacts_of_a_request_are_taken_or_none()
    {
        Assert.Equal(423, Register("a", "<sip:alice@192.0.2.1>, <sip:alice@192.0.2.2>;expires=5").StatusCode);
        Assert.Equal(0, _bench.Agent.RegistrationCount);
        Assert.Equal(200, Register("b", "<sip:alice@192.0.2.1>, <sip:alice@192.0.2.2>;expires=500").StatusCode);
        Assert.Equal(2, _bench.Agent.RegistrationCount);
    }

    [Fact]
    public void Request_that_was_overtaken_changes_nothing()
    {
        var phone = new PhoneScript(_bench) { CSeq = 10 };
        phone.Register();
        phone.CSeq = 5;
        Assert.Equal(500, phone.Register("Expires: 0\n").StatusCode);
        Assert.Single(_bench.Agent.Locations.ContactsOf("alice"));
    }

    [Fact]
    public void Without_a_contact_the_present_ones_are_told()
    {
        Register("a", "<sip:alice@192.0.2.1>");
        _bench.Advance(600);
        Assert.Equal(["<sip:alice@192.0.2.1>;expires=3000"], Contacts(new PhoneScript(_bench) { CallId = "b" }.Register("", "")));
    }

    [Fact]
    public void One_phone_too_many_takes_the_place_of_the_oldest()
    {
        for (var i = 0; i < 12; i++)
        {
            Register($"call{i}", $"<sip:alice@192.0.2.{i}>");
            _bench.Advance(1);
        }
        Assert.Equal(10, _bench.Agent.RegistrationCount);
        Assert.DoesNotContain(_bench.Agent.Locations.ContactsOf("alice"), contact => contact.Uri.Host is "192.0.2.0" or "192.0.2.1");
    }

    [Fact]
    public void Device_that_names_itself_replaces_its_older_address()
    {
        Register("a", "<sip:alice@192.0.2.1:1111>;+sip.instance=\"<urn:uuid:1>\";reg-id=1");
        Register("b", "<sip:alice@192.0.2.1:2222>;+sip.instance=\"<urn:uuid:1>\";reg-id=1");
        Register("c", "<sip:alice@192.0.2.1:3333>;+sip.instance=\"<urn:uuid:2>\";reg-id=1");
        Assert.Equal([2222, 3333], _bench.Agent.Locations.ContactsOf("alice").Select(contact => contact.Uri.Port).Order());
    }

    [Fact]
    public void Path_of_proxies_is_kept_and_told()
    {
        var phone = new PhoneScript(_bench);
        var response = phone.Register("Require: path\nPath: <sip:edge.example.com;lr>, <sip:inner.example.com;lr>\n");
        Assert.Equal(["<sip:edge.example.com;lr>", "<sip:inner.example.com;lr>"], response.Headers.GetLines("Path"));
        Assert.Equal(2, Assert.Single(_bench.Agent.Locations.ContactsOf("alice")).Path.Count);
    }

    [Fact]
    public void Phone_on_a_connection_is_reachable_as_long_as_it_stands_and_keeps_it()
    {
        _bench.Connection = new();
        var phone = new PhoneScript(_bench);
        phone.Register();
        Assert.Equal(1, _bench.Connection.Users);
        phone.Register();
        Assert.Equal(1, _bench.Connection.Users);
        Assert.Single(_bench.Agent.Locations.ContactsOf("alice"));

        _bench.Connection.IsOpen = false;
        Assert.Empty(_bench.Agent.Locations.ContactsOf("alice"));
        _bench.Advance(3_700);
        Assert.Equal(0, _bench.Connection.Users);
    }

    [Fact]
    public void Phone_behind_a_NAT_is_asked_something_now_and_then_so_that_the_way_stays_open()
    {
        var home = new IPEndPoint(IPAddress.Parse("203.0.113.9"), 40_000);
        new PhoneScript(_bench) { CallId = "a", Address = home, Contact = "<sip:alice@192.168.1.5:5060>" }.Register("Expires: 70\n");
        new PhoneScript(_bench) { CallId = "b", Contact = "<sip:alice@192.0.2.10:5070>" }.Register();
        _bench.TakeSent();
        _bench.Advance(29);
        Assert.Empty(_bench.TakeSent());
        _bench.Advance(1);
        Assert.Equal(["OPTIONS sip:alice@192.168.1.5:5060"], _bench.TakeStartLines());
        Assert.Equal(home, _bench.Wire.Sent[^1].To);
        _bench.Receive(PeerScript.Response(_bench.LastRequest(), 200), home);
        _bench.Advance(30);
        Assert.Equal(["OPTIONS sip:alice@192.168.1.5:5060"], _bench.TakeStartLines());
        _bench.Receive(PeerScript.Response(_bench.LastRequest(), 200), home);
        _bench.Advance(60);   // it has expired meanwhile
        Assert.Empty(_bench.TakeSent());
    }

    [Fact]
    public void IPv6_is_as_good()
    {
        var phone = new PhoneScript(_bench) { Address = new IPEndPoint(IPAddress.Parse("2001:db8::9"), 40_000), Contact = "<sip:alice@[fd00::5]:5060>" };
        Assert.Equal(["<sip:alice@[fd00::5]:5060>;expires=3600"], Contacts(phone.Register()));
        Assert.Equal(phone.Address, Assert.Single(_bench.Agent.Locations.ContactsOf("alice")).Flow.Remote);
        _bench.TakeSent();
        _bench.Advance(30);
        Assert.Equal(["OPTIONS sip:alice@[fd00::5]:5060"], _bench.TakeStartLines());
    }

    private static IEnumerable<string> Contacts(SipResponse response)
    {
        Assert.Equal(200, response.StatusCode);
        return response.Headers.GetLines(HeaderNames.Contact);
    }

    private SipResponse Register(string callId, string contact) => new PhoneScript(_bench) { CallId = callId }.Register("", contact);
}
