using Support;
using Support.Dns;
using Telephony.Sip.Resolution;

namespace Telephony.Tests.Sip.Resolution;

/// <summary>Questions to real sockets on loopback, waits on virtual time.</summary>
public sealed class DnsClientTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(DnsRecordType.A, "AddressRecord { Address = 192.0.2.1 }")]
    [InlineData(DnsRecordType.Aaaa, "AddressRecord { Address = 2001:db8::1 }")]
    [InlineData(DnsRecordType.Srv, "SrvRecord { Priority = 10, Weight = 60, Port = 5060, Target = a.example }")]
    [InlineData(DnsRecordType.Naptr, "NaptrRecord { Order = 10, Preference = 20, Flags = s, Service = SIP+D2U, Replacement = _sip._udp.example }")]
    public async Task Each_kind_of_record_is_read(object type, string expected)
    {
        await using var server = new TestDnsServer(
            "a.example A 192.0.2.1", "a.example AAAA 2001:db8::1", "a.example SRV 10 60 5060 a.example", "a.example NAPTR 10 20 s SIP+D2U _sip._udp.example");
        var answer = await Client(server).QueryAsync("a.example", (DnsRecordType)type);
        Assert.Equal(expected, Assert.Single(answer.Records).ToString());
        Assert.Equal(TimeSpan.FromSeconds(60), answer.TimeToLive);
    }

    [Fact]
    public async Task Aliases_are_followed_and_the_shortest_life_counts()
    {
        await using var server = new TestDnsServer("www.example CNAME b.example", "7 b.example CNAME a.example", "a.example A 192.0.2.1");
        var answer = await Client(server).QueryAsync("WWW.example", DnsRecordType.A);
        Assert.Equal("192.0.2.1", Address(answer));
        Assert.Equal(TimeSpan.FromSeconds(7), answer.TimeToLive);
    }

    [Fact]
    public async Task Aliases_in_a_circle_come_to_an_end()
    {
        await using var server = new TestDnsServer("a.example CNAME b.example");
        server.BeforeAnswer = (answer, _) => server.Zone = answer.AsSpan().IndexOf("b"u8) < 20 ? ["b.example CNAME a.example"] : ["a.example CNAME b.example"];
        Assert.NotEqual(DnsStatus.Found, (await Client(server).QueryAsync("a.example", DnsRecordType.A)).Status);
        Assert.True(server.Questions.Count < 30);
    }

    [Fact]
    public async Task An_answer_that_does_not_fit_is_fetched_over_tcp()
    {
        await using var server = new TestDnsServer([.. Enumerable.Range(1, 100).Select(i => $"a.example SRV 10 60 {i} host{i}.a.example")]) { Truncates = true };
        Assert.Equal(100, (await Client(server).QueryAsync("a.example", DnsRecordType.Srv)).Records.Count);
        Assert.Equal(["UDP a.example SRV", "TCP a.example SRV"], server.Questions);
    }

    [Fact]
    public async Task No_such_name_is_an_answer_and_no_failure()
    {
        await using var server = new TestDnsServer("a.example A 192.0.2.1");
        Assert.Equal(DnsStatus.None, (await Client(server).QueryAsync("b.example", DnsRecordType.A)).Status);
        Assert.Equal(DnsStatus.None, (await Client(server).QueryAsync("a.example", DnsRecordType.Aaaa)).Status);
        Assert.Equal(2, server.Questions.Count);
    }

    [Fact]
    public async Task A_silent_server_makes_room_for_the_next()
    {
        await using var silent = new TestDnsServer { IsSilent = true };
        await using var server = new TestDnsServer("a.example A 192.0.2.1");
        var asking = Client(silent, server).QueryAsync("a.example", DnsRecordType.A);
        await silent.AskedAsync();
        Assert.False(asking.IsCompleted);
        _clock.Advance(Timeout);
        Assert.Equal("192.0.2.1", Address(await asking));
    }

    [Fact]
    public async Task A_failing_server_makes_room_for_the_next_at_once()
    {
        await using var failing = new TestDnsServer { Result = 2 };
        await using var server = new TestDnsServer("a.example A 192.0.2.1");
        Assert.Equal("192.0.2.1", Address(await Client(failing, server).QueryAsync("a.example", DnsRecordType.A)));
    }

    [Fact]
    public async Task Silence_of_all_servers_is_given_up_after_four_seconds()
    {
        await using var first = new TestDnsServer { IsSilent = true };
        await using var second = new TestDnsServer { IsSilent = true };
        var asking = Client(first, second).QueryAsync("a.example", DnsRecordType.A);
        for (var i = 0; i < 4; i++)
        {
            await (i % 2 == 0 ? first : second).AskedAsync();
            _clock.Advance(Timeout);
        }
        Assert.Equal(DnsStatus.Failed, (await asking).Status);
    }

    // Kaminsky: what does not carry our number, or answers another question, is passed over, and the true answer still counts.
    [Fact]
    public async Task Forged_answers_are_passed_over()
    {
        await using var server = new TestDnsServer("a.example A 192.0.2.1");
        server.BeforeAnswer = (answer, send) =>
        {
            var otherId = (byte[])answer.Clone();
            otherId[0] ^= 0x55;
            otherId[^1] = 66;
            var otherName = (byte[])answer.Clone();
            otherName[13] = (byte)'x';
            otherName[^1] = 66;
            var question = (byte[])answer.Clone();
            question[2] = 1;
            question[^1] = 66;
            foreach (var forged in new[] { otherId, otherName, question, [], [1, 2, 3] })
                send(forged);
        };
        Assert.Equal("192.0.2.1", Address(await Client(server).QueryAsync("a.example", DnsRecordType.A)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..example")]
    [InlineData(".example")]
    [InlineData("exämple")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123.example")]
    public async Task What_is_no_name_is_not_asked_for(string name)
    {
        await using var server = new TestDnsServer("a.example A 192.0.2.1");
        Assert.Equal(DnsStatus.Failed, (await Client(server).QueryAsync(name, DnsRecordType.A)).Status);
        Assert.Empty(server.Questions);
    }

    [Fact]
    public void Servers_come_from_the_systems_file()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "# comment\nsearch example.com\nnameserver 192.0.2.53\nnameserver\t2001:db8::53\nnameserver nonsense\noptions ndots:5\nnameserver 192.0.2.54\nnameserver 192.0.2.55\n");
        Assert.Equal(["192.0.2.53:53", "[2001:db8::53]:53", "192.0.2.54:53"], SystemNames.Servers(file).Select(server => server.ToString()));
        File.Delete(file);
        Assert.Equal(["127.0.0.1:53"], SystemNames.Servers(file).Select(server => server.ToString()));
    }

    [Fact]
    public async Task The_systems_own_resolver_knows_its_hosts_file() =>
        Assert.Equal("127.0.0.1", Address(await new SystemNames(TimeProvider.System).QueryAsync("localhost", DnsRecordType.A)));

    private DnsClient Client(params TestDnsServer[] servers) => new(() => [.. servers.Select(server => server.EndPoint)], Timeout, _clock);

    private static string? Address(DnsAnswer answer) => answer.Records.OfType<AddressRecord>().SingleOrDefault()?.Address.ToString();
}
