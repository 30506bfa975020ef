using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Simulation.Phone;
using VoiceAgent.Calls;

namespace EndToEnd.Tests;

/// <summary>A27: OPTIONS and the health checks tell the truth, state by state: ready, full, Live service down and back, draining.</summary>
public sealed class LivenessTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Ready_and_full_and_ready_again()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Calls:MaxCalls", "1"));
        using var peer = new Peer(agent.Udp);
        Assert.Equal("200 OK", await peer.PingAsync());
        Assert.Equal("200 ready", await HealthAsync(agent));

        await using var caller = await ConversationTests.Dial(agent);
        Assert.Equal("503 All Lines Busy", await peer.PingAsync());   // without Retry-After, which would take all of us out of the sender's routing
        Assert.Equal("503 full", await HealthAsync(agent));

        await caller.HangUpAsync();
        await agent.WhenIdleAsync();
        Assert.Equal("200 OK", await peer.PingAsync());
        Assert.Equal("200 ready", await HealthAsync(agent));
    }

    [Fact]
    public async Task Live_service_down_and_back_without_a_call_to_notice()
    {
        await using var agent = await AgentUnderTest.StartAsync();
        using var peer = new Peer(agent.Udp);
        agent.Live.Faults.RefuseWithStatus = 503;
        for (var i = 0; i < 3; i++)   // two attempts each: five failures and it counts as down
        {
            await using var refused = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri });
            Assert.Equal(503, refused.End?.StatusCode);
        }
        Assert.Equal("503 Live Service Down", await peer.PingAsync());
        Assert.StartsWith("503 live down\nlive Live ", await HealthAsync(agent), StringComparison.Ordinal);

        agent.Live.Faults.RefuseWithStatus = null;
        var back = Stopwatch.StartNew();
        while (await peer.PingAsync() != "200 OK")
        {
            Assert.True(back.Elapsed < Soon, "The service has not noticed that Live serves again.");
            await Task.Delay(50);
        }
        Assert.Equal("200 ready", await HealthAsync(agent));
        await agent.WhenIdleAsync();
        Assert.Equal(3, agent.Records.Count);   // the probe is no call
        Assert.Equal(["INVITE", "SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 503 Service Unavailable"],
            agent.Records[0].Ladder!.Select(message => message.IsSent ? message.StartLine : message.StartLine.Split(' ')[0]).Take(4));
    }

    [Fact]
    public async Task Draining_says_when_to_come_back()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Calls:DrainGrace", "00:00:20"));
        using var peer = new Peer(agent.Udp);
        await using var caller = await ConversationTests.Dial(agent);
        var stopping = agent.StopAsync();
        Assert.Equal("503 Draining, Retry-After 30", await peer.PingAsync());
        await caller.HangUpAsync();
        await stopping.WaitAsync(Soon);
    }

    [Fact]
    public async Task Messages_of_a_running_call_can_be_looked_at_from_here()
    {
        await using var agent = await AgentUnderTest.StartAsync();
        await using var caller = await ConversationTests.Dial(agent);
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        using var http = new HttpClient { BaseAddress = agent.Http };
        var id = Assert.Single(agent.Services.GetRequiredService<CallTable>().Running).CallId;
        var ladder = await http.GetStringAsync($"/calls/{id}/ladder");
        Assert.Contains("|-- INVITE SDP -", ladder, StringComparison.Ordinal);
        Assert.Contains(" 200 OK (INVITE) SDP --|", ladder, StringComparison.Ordinal);
        Assert.Contains("|-- ACK -", ladder, StringComparison.Ordinal);
        using var unknown = await http.GetAsync("/calls/nothing/ladder");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        http.DefaultRequestHeaders.Add("Forwarded", "for=192.0.2.7");
        using var stranger = await http.GetAsync($"/calls/{id}/ladder");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task Answer_comes_at_once()
    {
        await using var agent = await AgentUnderTest.StartAsync();
        using var peer = new Peer(agent.Udp);
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 50; i++)
        {
            var asked = Stopwatch.GetTimestamp();
            Assert.Equal("200 OK", await peer.PingAsync());
            var took = Stopwatch.GetElapsedTime(asked);
            best = took < best ? took : best;
        }
        Assert.InRange(best.TotalMilliseconds, 0, 10);   // the best of many: the machine may be busy with something else
    }

    private static async Task<string> HealthAsync(AgentUnderTest agent)
    {
        using var http = new HttpClient { BaseAddress = agent.Http };
        using var answer = await http.GetAsync("/health/ready");
        return $"{(int)answer.StatusCode} {(await answer.Content.ReadAsStringAsync()).TrimEnd('\n')}";
    }

    /// <summary>A peer that asks by OPTIONS over UDP.</summary>
    private sealed class Peer : IDisposable
    {
        private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
        private readonly IPEndPoint _server;
        private int _cseq;

        public Peer(IPEndPoint server) => _server = server;

        public void Dispose() => _socket.Dispose();

        /// <summary>Status, reason and Retry-After of the answer.</summary>
        public async Task<string> PingAsync()
        {
            var local = _socket.Client.LocalEndPoint;
            _cseq++;
            var request = $"OPTIONS sip:{_server} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK{local!.GetHashCode()}-{_cseq};rport\r\nMax-Forwards: 70\r\n"
                + $"From: <sip:ping@{local}>;tag=p\r\nTo: <sip:{_server}>\r\nCall-ID: ping-{_cseq}@{local}\r\nCSeq: {_cseq} OPTIONS\r\nContent-Length: 0\r\n\r\n";
            await _socket.SendAsync(Encoding.ASCII.GetBytes(request), _server);
            while (true)
            {
                var lines = Encoding.ASCII.GetString((await _socket.ReceiveAsync().WaitAsync(Soon)).Buffer).Split("\r\n");
                if (!lines.Contains($"CSeq: {_cseq} OPTIONS"))
                    continue;
                var retry = lines.FirstOrDefault(line => line.StartsWith("Retry-After: ", StringComparison.Ordinal))?.Replace(": ", " ", StringComparison.Ordinal);
                return retry is null ? lines[0]["SIP/2.0 ".Length..] : $"{lines[0]["SIP/2.0 ".Length..]}, {retry}";
            }
        }
    }
}
