using System.Net;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

public sealed class AdmissionTableTests
{
    [Fact]
    public void Full_source_gives_up_its_own_least_used()
    {
        var table = new AdmissionTable(maxTotal: 10, maxPerSource: 2);
        var foreign = Admit(table, new("192.0.2.9", 0));
        Admit(table, new("192.0.2.1", 5));
        var older = Admit(table, new("192.0.2.1", 3));

        Assert.True(table.TryAdmit(new Entry("192.0.2.1", 9), out var victim));

        Assert.Same(older, victim);
        Assert.NotSame(foreign, victim);
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void Stranger_goes_before_one_that_has_sent_messages()
    {
        var table = new AdmissionTable(10, 2);
        Admit(table, new("192.0.2.1", 1) { IsProven = true });
        var stranger = Admit(table, new("192.0.2.1", 2));

        table.TryAdmit(new Entry("192.0.2.1", 9), out var victim);

        Assert.Same(stranger, victim);
    }

    [Fact]
    public void Full_table_takes_from_the_source_that_has_most()
    {
        var table = new AdmissionTable(maxTotal: 4, maxPerSource: 10);
        Admit(table, new("192.0.2.1", 1));
        Admit(table, new("192.0.2.7", 5));
        var first = Admit(table, new("192.0.2.7", 4));
        Admit(table, new("192.0.2.7", 6));

        Assert.True(table.TryAdmit(new Entry("192.0.2.2", 9), out var victim));

        Assert.Same(first, victim);
    }

    [Fact]
    public void Full_table_takes_from_others_when_the_greatest_needs_all_it_has()
    {
        var table = new AdmissionTable(3, 10);
        Admit(table, new("192.0.2.7", 1) { IsDispensable = false });
        Admit(table, new("192.0.2.7", 1) { IsDispensable = false });
        var small = Admit(table, new("192.0.2.1", 9));

        Assert.True(table.TryAdmit(new Entry("192.0.2.2", 9), out var victim));

        Assert.Same(small, victim);
    }

    [Fact]
    public void Newcomer_is_refused_when_nobody_can_be_spared()
    {
        var table = new AdmissionTable(1, 1);
        var only = Admit(table, new("192.0.2.1", 1) { IsDispensable = false });

        Assert.False(table.TryAdmit(new Entry("192.0.2.2", 9), out _));
        table.Remove(only);
        table.Remove(only);

        Assert.Equal(0, table.Count);
        Assert.True(table.TryAdmit(new Entry("192.0.2.2", 9), out _));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::7", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    public void Source_is_an_ipv4_address_or_an_ipv6_network(string one, string other, bool isSame) =>
        Assert.Equal(isSame, AdmissionTable.SourceOf(IPAddress.Parse(one)).Equals(AdmissionTable.SourceOf(IPAddress.Parse(other))));

    private static Entry Admit(AdmissionTable table, Entry entry)
    {
        Assert.True(table.TryAdmit(entry, out var victim));
        Assert.Null(victim);
        return entry;
    }

    private sealed class Entry(string address, long lastUsed) : IAdmitted
    {
        public IPEndPoint Remote { get; } = new(IPAddress.Parse(address), 5060);

        public bool IsDispensable { get; init; } = true;

        public bool IsProven { get; init; }

        public long LastUsed { get; } = lastUsed;
    }
}
