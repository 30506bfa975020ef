using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Telephony.Sip.Admission;

namespace Telephony.Tests.Sip.Admission;

/// <summary>A9, A18: how much a source may send before it is banned, for how long, and what is never banned.</summary>
public sealed class SourceGateTests
{
    private static readonly IPAddress Trunk = IPAddress.Parse("203.0.113.7");
    private static readonly IPAddress Stranger = IPAddress.Parse("198.51.100.66");
    private static readonly IPEndPoint Phone = new(IPAddress.Parse("192.0.2.10"), 5070);

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void A_source_is_banned_by_one_request_more_than_16_in_2_s_and_heard_again_after_300_s()
    {
        var gate = Gate();
        Assert.All(Verdicts(gate, Stranger, 16), verdict => Assert.Equal(GateVerdict.Pass, verdict));

        Assert.Equal([GateVerdict.NewlyBanned, GateVerdict.Banned, GateVerdict.Banned], Verdicts(gate, Stranger, 3));
        Assert.True(gate.IsBanned(Stranger, isStream: false));
        Assert.Equal(1, gate.BanCount);
        _clock.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(GateVerdict.Banned, gate.Admit(At(Stranger), SourceWay.Datagram));   // and what it sends meanwhile makes it no longer

        _clock.Advance(TimeSpan.FromSeconds(1.1));
        Assert.False(gate.IsBanned(Stranger, isStream: false));
        Assert.Equal(GateVerdict.Pass, gate.Admit(At(Stranger), SourceWay.Datagram));
        Assert.Equal(0, gate.BanCount);
    }

    [Fact]
    public void A_source_that_keeps_to_the_pace_is_never_banned()
    {
        var gate = Gate();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(GateVerdict.Pass, gate.Admit(At(Stranger), SourceWay.Datagram));
            _clock.Advance(TimeSpan.FromMilliseconds(126));   // a little less than 8 a second
        }
    }

    [Fact]
    public void What_belongs_to_a_call_does_not_count()
    {
        var gate = Gate();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(GateVerdict.Pass, gate.Admit(At(Stranger), SourceWay.Datagram));
            gate.Credit(Stranger, isStream: false);
        }
    }

    [Fact]
    public void A_trunk_is_never_banned_whatever_is_sent_in_its_name()
    {
        var gate = Gate();
        Assert.All(Verdicts(gate, Trunk, 100_000), verdict => Assert.Equal(GateVerdict.Pass, verdict));
        gate.Ban(Trunk, isStream: false);
        Assert.False(gate.IsBanned(Trunk, isStream: false));
        Assert.Equal(0, gate.BanCount);
    }

    [Theory]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("::ffff:198.51.100.1", "198.51.100.1", true)]
    [InlineData("198.51.100.1", "198.51.100.2", false)]
    public void A_source_is_an_IPv4_address_or_an_IPv6_network_of_64_bits(string first, string second, bool isSame)
    {
        var gate = Gate();
        Verdicts(gate, IPAddress.Parse(first), 17);
        Assert.Equal(isSame, gate.IsBanned(IPAddress.Parse(second), isStream: false));
    }

    [Fact]
    public void Forged_addresses_without_end_leave_bounded_tables_and_the_trunk_unharmed()
    {
        var gate = Gate();
        for (uint i = 0; i < 300_000; i++)
            gate.Admit(At(new IPAddress(i + 1_000_000u)), SourceWay.Datagram);
        Assert.True(gate.SourceCount <= 2 * 65_536, $"{gate.SourceCount} sources are remembered");
        Assert.Equal(GateVerdict.TooMany, gate.Admit(At(Stranger), SourceWay.Datagram));   // all together: 2,000 a second
        Assert.Equal(GateVerdict.Pass, gate.Admit(At(Trunk), SourceWay.Datagram));

        _clock.Advance(TimeSpan.FromSeconds(4));
        gate.Admit(At(Stranger), SourceWay.Datagram);
        _clock.Advance(TimeSpan.FromSeconds(4));
        gate.Admit(At(Stranger), SourceWay.Datagram);
        Assert.Equal(1, gate.SourceCount);
    }

    [Fact]
    public void Forged_datagrams_do_nothing_to_the_connections_of_the_same_address()
    {
        var gate = Gate();
        Verdicts(gate, Stranger, 17);
        Assert.True(gate.IsBanned(Stranger, isStream: false));
        Assert.False(gate.IsBanned(Stranger, isStream: true));
        Assert.Equal(GateVerdict.Pass, gate.Admit(At(Stranger), SourceWay.Stream));
    }

    [Fact]
    public void Forged_datagrams_without_end_leave_connections_what_all_of_them_may_send_and_those_in_use_more()
    {
        var gate = Gate();
        for (uint i = 0; i < 10_000; i++)
            gate.Admit(At(new IPAddress(i + 1_000_000u)), SourceWay.Datagram);
        for (uint i = 0; i < 2_000; i++)
            Assert.Equal(GateVerdict.Pass, gate.Admit(At(new IPAddress(i + 1_000_000u)), SourceWay.Stream));

        // One that waits and asks again is not banned for it.
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(GateVerdict.TooMany, gate.Admit(At(Stranger), SourceWay.Stream)));
        Assert.Equal(GateVerdict.Pass, gate.Admit(At(Stranger), SourceWay.StreamInUse));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(GateVerdict.Pass, gate.Admit(At(Stranger), SourceWay.Stream));
    }

    [Fact]
    public void A_connection_in_use_is_served_whatever_others_of_its_address_send_unless_strangers_have_calls_too()
    {
        var gate = Gate();
        gate.Ban(Stranger, isStream: true);
        Assert.Equal(GateVerdict.Banned, gate.Admit(At(Stranger), SourceWay.Stream));
        Assert.Equal(GateVerdict.Pass, gate.Admit(At(Stranger), SourceWay.StreamInUse));

        var open = Gate(StrangerPolicy.Answer, limit: 3);
        open.Ban(Stranger, isStream: true);
        Assert.Equal(GateVerdict.Banned, open.Admit(At(Stranger), SourceWay.StreamInUse));
    }

    [Fact]
    public void Others_of_a_phones_address_are_held_to_the_pace_but_not_banned_and_the_phone_is_not_limited()
    {
        var gate = Gate();
        Assert.Equal([GateVerdict.Pass, GateVerdict.TooMany, GateVerdict.TooMany], Verdicts(gate, Phone.Address, 18)[15..]);
        gate.Ban(Phone.Address, isStream: false);
        Assert.False(gate.IsBanned(Phone.Address, isStream: false));
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.Equal(GateVerdict.Pass, gate.Admit(Phone, SourceWay.Datagram)));

        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(GateVerdict.Pass, gate.Admit(At(Phone.Address), SourceWay.Datagram));
    }

    [Fact]
    public void The_ban_table_holds_100000_and_lets_the_oldest_go()
    {
        var gate = Gate();
        for (uint i = 0; i < 100_001; i++)
            gate.Ban(new IPAddress(i + 1_000_000u), isStream: false);
        Assert.Equal(100_000, gate.BanCount);
        Assert.False(gate.IsBanned(new IPAddress(1_000_000u), isStream: false));
        Assert.True(gate.IsBanned(new IPAddress(1_000_001u), isStream: false));
        Assert.True(gate.IsBanned(new IPAddress(1_100_000u), isStream: false));
    }

    [Fact]
    public void Bans_write_ten_lines_a_minute_and_say_how_many_were_withheld()
    {
        var log = new Lines();
        var gate = Gate(logger: log);
        for (uint i = 0; i < 1_000; i++)
            gate.Ban(new IPAddress(i + 1_000_000u), isStream: false);
        Assert.Equal(10, log.Written.Count);

        _clock.Advance(TimeSpan.FromSeconds(6.1));
        gate.Ban(Stranger, isStream: false);
        Assert.Equal(11, log.Written.Count);
        Assert.Contains("198.51.100.66 sends too much and is not listened to for 00:05:00; 990 such lines were withheld", log.Written[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Where_strangers_are_answered_nobody_is_limited_unless_the_settings_say_so()
    {
        var open = Gate(StrangerPolicy.Answer);
        Assert.All(Verdicts(open, Stranger, 10_000), verdict => Assert.Equal(GateVerdict.Pass, verdict));
        open.Ban(Stranger, isStream: false);
        Assert.False(open.IsBanned(Stranger, isStream: false));

        var limited = Gate(StrangerPolicy.Answer, limit: 3);
        Assert.Equal([GateVerdict.Pass, GateVerdict.Pass, GateVerdict.Pass, GateVerdict.NewlyBanned], Verdicts(limited, Stranger, 4));
    }

    private static IPEndPoint At(IPAddress address) => new(address, 5060);

    private static List<GateVerdict> Verdicts(SourceGate gate, IPAddress address, int count) => [.. Enumerable.Range(0, count).Select(_ => gate.Admit(At(address), SourceWay.Datagram))];

    private SourceGate Gate(StrangerPolicy strangers = StrangerPolicy.Silence, int? limit = null, ILogger? logger = null) =>
        new(new AccessOptions { RequestLimit = limit }, strangers, sender => sender.Equals(Phone) || sender.Address.Equals(Trunk) ? SourceStanding.Exempt
            : sender.Address.Equals(Phone.Address) ? SourceStanding.Neighbour : SourceStanding.Stranger, _clock, logger ?? NullLogger.Instance);

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
