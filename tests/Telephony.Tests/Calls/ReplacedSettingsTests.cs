using System.Net;
using Telephony.Calls;
using Telephony.Sip.Authentication;
using Telephony.Tests.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Tests.Calls;

/// <summary>Settings of the line that change while calls are up (goal A35): those calls go on as they began, the next ones go by what is new.</summary>
public sealed class ReplacedSettingsTests
{
    private static readonly IPEndPoint Elsewhere = new(IPAddress.Parse("203.0.113.9"), 5070);

    [Fact]
    public void Call_of_a_trunk_that_is_gone_goes_on_to_its_end_and_the_next_one_is_a_strangers()
    {
        using var bench = new CallBench(Options(("office", "192.0.2.10")));
        var running = Phone.Connected(bench);
        bench.Replace(Options(("branch", "203.0.113.9")));

        Assert.Equal("", new Phone(bench, "call-2@192.0.2.10").Invite());
        Assert.Single(bench.Offered);
        Assert.Equal("200", running.Reinvite());
        running.Ack();
        Assert.Equal("200", running.Bye());
        Assert.Equal(0, bench.OpenDialogs);
        new Phone(bench, "call-3@203.0.113.9").InviteWith("", from: Elsewhere);
        Assert.Equal("branch", bench.Call.Trunk);
    }

    [Fact]
    public void Messages_of_a_running_call_are_read_however_many_though_its_trunk_is_gone()
    {
        using var bench = new CallBench(Options(("office", "192.0.2.10")));
        var phone = Phone.Connected(bench);
        bench.Replace(Options(("branch", "203.0.113.9")));
        for (var i = 0; i < 40; i++)
            Assert.Equal("200", phone.Info("application/dtmf-relay", "Signal=1\nDuration=100\n"));
        Assert.Equal("office", bench.Directory.OfCalls(CallBench.Peer.Address)?.Name);

        phone.Bye();
        Assert.Null(bench.Directory.OfCalls(CallBench.Peer.Address));
    }

    [Fact]
    public void Bounds_hold_at_once_and_take_no_call_away()
    {
        using var bench = new CallBench(Options(("office", "192.0.2.10")));
        Phone.Connected(bench);
        Phone.Connected(bench, callId: "call-2@192.0.2.10");
        bench.Replace(new TelephonyOptions { Trunks = { ["office"] = new() { Addresses = ["192.0.2.10"], MaxCalls = 2 } } });
        Assert.Equal("503", new Phone(bench, "call-3@192.0.2.10").Invite());
        Assert.Equal(2, bench.OpenDialogs);

        bench.Replace(new TelephonyOptions { MaxCallsPerSecond = 1, Trunks = { ["office"] = new() { Addresses = ["192.0.2.10"] } } });
        Assert.Equal(["", "503"], [new Phone(bench, "call-4@192.0.2.10").Invite(), new Phone(bench, "call-5@192.0.2.10").Invite()]);
    }

    [Fact]
    public void Who_may_be_called_changes_at_once_and_what_was_counted_counts()
    {
        using var bench = new CallBench(new TelephonyOptions { Outbound = new() { Allow = ["*@192.0.2.10:*"], MaxCallsPerHour = 2 } });
        Assert.Equal(DialRefusal.None, bench.Dial());
        bench.Replace(new TelephonyOptions());
        Assert.Equal(DialRefusal.NotAllowed, bench.Dial());
        bench.Replace(new TelephonyOptions { Outbound = new() { Allow = ["*@192.0.2.10:*"], MaxCallsPerHour = 1 } });
        Assert.Equal(DialRefusal.TooMany, bench.Dial());
    }

    [Fact]
    public void First_trunk_closes_the_door_to_strangers_and_the_last_one_that_goes_opens_it()
    {
        using var bench = new CallBench();
        bench.Replace(Options(("branch", "203.0.113.9")));
        Assert.Equal("", new Phone(bench).Invite());
        Assert.Empty(bench.Offered);

        bench.Replace(new TelephonyOptions());
        new Phone(bench, "call-2@192.0.2.10").Invite();
        Assert.Single(bench.Offered);
    }

    [Fact]
    public void User_who_is_gone_or_has_another_password_registers_anew_and_others_stay()
    {
        using var bench = new CallBench(Users("alice", "bob"));
        Register(bench, "alice");
        Register(bench, "bob");
        Assert.Equal(2, bench.Agent.RegistrationCount);

        bench.Replace(Users("alice", "bob", "carol"));
        Assert.Equal(2, bench.Agent.RegistrationCount);
        bench.Replace(new TelephonyOptions
        {
            Users = new Dictionary<string, UserOptions> { ["alice"] = new() { Password = PhoneScript.Password, Number = "4711" }, ["bob"] = new() { Password = "another one" } },
        });
        Assert.Equal(["alice"], bench.Agent.Locations.Show(10).Select(phone => phone.User));
        Assert.Equal(DialRefusal.None, bench.Dial("4711"));
    }

    [Fact]
    public void Next_call_speaks_the_codecs_of_the_new_settings()
    {
        using var bench = new CallBench(new TelephonyOptions { Codecs = ["PCMU"] });
        var running = Phone.Connected(bench);
        bench.Replace(new TelephonyOptions { Codecs = ["PCMA"] });
        var next = Phone.Connected(bench, callId: "call-2@192.0.2.10");

        Assert.Equal(("0", "8"), (First(running), First(next)));
        running.Reinvite();
        Assert.Equal("0", First(running));
    }

    private static string First(Phone phone) => phone.Heard!.Media[0].Formats[0];

    private static void Register(CallBench bench, string user)
    {
        var script = new PhoneScript((text, from) =>
        {
            bench.Receive(text, from);
            return bench.LastResponse();
        }, user);
        script.Register();
    }

    private static TelephonyOptions Options(params (string Name, string Address)[] trunks)
    {
        var options = new TelephonyOptions();
        foreach (var (name, address) in trunks)
            options.Trunks.Add(name, new TrunkOptions { Addresses = [address] });
        return options;
    }

    private static TelephonyOptions Users(params string[] names) =>
        new() { Users = names.ToDictionary(name => name, name => new UserOptions { Password = PhoneScript.Password, Number = name == "alice" ? "4711" : "" }) };
}
