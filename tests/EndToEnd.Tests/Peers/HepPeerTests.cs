using System.Net;
using Simulation.Phone;

namespace EndToEnd.Tests.Peers;

/// <summary>Copies of SIP messages (HEP version 3) are understood by a capture server that is not ours: kamailio with sipcapture.</summary>
[Trait("Category", "Peer"), Collection(nameof(PeerCollection))]
public sealed class HepPeerTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_capture_server_reads_every_message_of_a_call_and_where_it_came_from()
    {
        Assert.SkipUnless(Kamailio.IsInstalled, Kamailio.Missing);
        using var folder = new PeerFolder("sipcapture");
        var port = PeerPorts.Take();
        Directory.CreateDirectory(folder.File("run"));
        Directory.CreateDirectory(folder.File("db"));
        await File.WriteAllTextAsync(folder.File("db/version"), "table_name(string) table_version(int)\nsip_capture:4\n");
        await File.WriteAllTextAsync(folder.File("kam.cfg"), Config(port, folder.File("db")));
        await using var server = await Kamailio.RunAsync(folder, port);
        try
        {
            await CallAndReadAsync(server, port);
        }
        finally
        {
            await server.TerminateAsync(TimeSpan.FromSeconds(5));   // it has children to end
        }
    }

    private static async Task CallAndReadAsync(PeerProcess server, int port)
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Telephony:Hep:Collector", $"127.0.0.1:{port}"));
        await using var caller = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri });
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));

        using var limit = new CancellationTokenSource(Soon);
        string[] wanted = [.. ((string[])["INVITE", "ACK", "BYE"]).Select(method => $" {method} {record.SipCallId}"), .. ((string[])["100", "200"]).Select(status => $" {status} {record.SipCallId}")];
        while (!wanted.All(line => server.Output.Contains(line, StringComparison.Ordinal)))
        {
            Assert.False(limit.IsCancellationRequested, $"Not all of {string.Join(',', wanted)} in\n{server.Output}");
            await Task.Delay(50);
        }
        var seen = server.Output.Split('\n').Where(line => line.Contains(record.SipCallId, StringComparison.Ordinal)).ToList();
        var ours = $" {agent.Udp} ";
        Assert.All(seen.Where(line => line.Contains("REPLY", StringComparison.Ordinal)), line => Assert.Contains(ours, line, StringComparison.Ordinal));
        Assert.All(seen.Where(line => line.Contains("REQUEST", StringComparison.Ordinal)), line => Assert.DoesNotContain(ours, line, StringComparison.Ordinal));
    }

    // It logs the source that the packet names, not the one that the packet came from. TCP is for knowing that it runs.
    private static string Config(int port, string database) => $$"""
        #!KAMAILIO
        debug=1
        log_stderror=yes
        children=1
        tcp_children=1
        auto_aliases=no
        mpath="{{Kamailio.ModuleFolder}}"
        listen=udp:{{IPAddress.Loopback}}:{{port}}
        listen=tcp:{{IPAddress.Loopback}}:{{port}}
        loadmodule "pv.so"
        loadmodule "xlog.so"
        loadmodule "db_text.so"
        loadmodule "sipcapture.so"
        modparam("sipcapture", "db_url", "text://{{database}}")
        modparam("sipcapture", "capture_on", 1)
        modparam("sipcapture", "hep_capture_on", 1)
        request_route {
          xlog("L_ERR", "REQUEST $si:$sp $rm $ci\n");
          exit;
        }
        onreply_route {
          xlog("L_ERR", "REPLY $si:$sp $rs $ci\n");
          drop;
        }
        """;
}
