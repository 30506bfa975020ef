using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>sipp calls the user agent over real sockets: signalling only, the agent answers by itself.</summary>
[Trait("Category", "Peer")]
public sealed class SippTests : IUserAgentHandler, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("sipp").FullName;
    private UserAgent? _agent;
    private int _invites;
    private bool _onlyRings;
    private bool _hangsUp;
    private bool _transfers;
    private readonly ConcurrentQueue<TransferOutcome> _transferred = new();

    [Theory]
    [InlineData("udp://127.0.0.1:0", "u1")]
    [InlineData("tcp://127.0.0.1:0", "t1")]
    [InlineData("tcp://127.0.0.1:0", "tn")]
    [InlineData("udp://[::1]:0", "u1")]
    [InlineData("tcp://[::1]:0", "t1")]
    public Task Fifty_calls_are_answered_and_ended_by_the_caller(string listen, string mode) => CallAsync(listen, mode, SippScenario.Plain, calls: 50);

    [Theory]
    [InlineData("udp://127.0.0.1:0", "u1")]
    [InlineData("tcp://127.0.0.1:0", "t1")]
    public async Task Agent_may_hang_up(string listen, string mode)
    {
        _hangsUp = true;
        await CallAsync(listen, mode, SippScenario.AgentHangsUp, calls: 10);
    }

    [Fact]
    public Task Offer_may_come_late() => CallAsync("udp://127.0.0.1:0", "u1", SippScenario.LateOffer, calls: 5);

    [Fact]
    public Task Repeated_invite_makes_one_call() => CallAsync("udp://127.0.0.1:0", "u1", SippScenario.RepeatedInvite, calls: 5);

    [Fact]
    public Task Session_may_change() => CallAsync("udp://127.0.0.1:0", "u1", SippScenario.Reinvite, calls: 5);

    [Fact]
    public async Task Ringing_call_may_be_cancelled()
    {
        _onlyRings = true;
        await CallAsync("udp://127.0.0.1:0", "u1", SippScenario.Cancel, calls: 5);
    }

    [Theory]
    [InlineData("udp://127.0.0.1:0", "u1", nameof(SippScenario.Transferred), TransferEnd.Accepted, 200)]
    [InlineData("tcp://127.0.0.1:0", "t1", nameof(SippScenario.Transferred), TransferEnd.Accepted, 200)]
    [InlineData("udp://127.0.0.1:0", "u1", nameof(SippScenario.TransferredAtOnce), TransferEnd.Accepted, 202)]
    [InlineData("udp://127.0.0.1:0", "u1", nameof(SippScenario.TransferRefused), TransferEnd.Refused, 603)]
    public async Task Caller_may_be_transferred(string listen, string mode, string scenario, TransferEnd end, int statusCode)
    {
        _transfers = true;
        await CallAsync(listen, mode, scenario switch
        {
            nameof(SippScenario.Transferred) => SippScenario.Transferred,
            nameof(SippScenario.TransferredAtOnce) => SippScenario.TransferredAtOnce,
            _ => SippScenario.TransferRefused,
        }, calls: 10);
        Assert.Equal(Enumerable.Repeat(new TransferOutcome(end, statusCode), 10), _transferred);
    }

    [Fact]
    public Task Call_without_ack_is_hung_up_by_the_agent() => CallAsync("udp://127.0.0.1:0", "u1", SippScenario.NoAck, calls: 2, t1: TimeSpan.FromMilliseconds(50));

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
            await _agent.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    void IUserAgentHandler.OnInvite(UserAgentServer invite)
    {
        _invites++;
        invite.Ring();
        if (_onlyRings)
            return;
        invite.Handler = new Answering(invite, _hangsUp, _transfers ? _transferred : null);
        invite.Accept(System.Text.Encoding.ASCII.GetBytes(
            $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"));
    }

    OptionsAnswer IUserAgentHandler.OptionsStatus() => new(200);

    private async Task CallAsync(string listen, string mode, string scenario, int calls, TimeSpan? t1 = null)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/sipp"), "sipp is not installed");
        Assert.True(SipListenEndPoint.TryParse(listen, out var endPoint));
        _agent = new(new() { Listen = [endPoint], Timers = new() { T1 = t1 ?? TimeSpan.FromMilliseconds(500) } }, this, TimeProvider.System, NullLoggerFactory.Instance);
        await _agent.StartAsync(CancellationToken.None);

        var (exitCode, errors) = await RunSippAsync(_agent.ListenEndPoints[0].EndPoint, mode, scenario, calls);

        Assert.True(exitCode == 0, $"sipp ended with {exitCode}: {errors}");
        Assert.Equal(calls, _invites);
        await WaitUntilNoDialogsAsync(_agent);
    }

    private async Task<(int ExitCode, string Errors)> RunSippAsync(IPEndPoint agent, string mode, string scenario, int calls)
    {
        var file = Path.Combine(_folder, "scenario.xml");
        await File.WriteAllTextAsync(file, scenario);
        var host = agent.Address.ToString();
        var start = new ProcessStartInfo("/usr/bin/sipp") { UseShellExecute = false, WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        string[] arguments =
        [
            agent.ToString(), "-sf", file, "-s", "agent", "-i", host, "-mi", host, "-p", FreePort(agent).ToString(CultureInfo.InvariantCulture),
            "-mp", FreePort(agent).ToString(CultureInfo.InvariantCulture), "-t", mode, "-max_socket", "200", "-m", $"{calls}", "-r", "25",
            "-nostdin", "-timeout", "60s", "-trace_err", "-error_file", "errors.log",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var sipp = Process.Start(start)!;
        var output = Task.WhenAll(sipp.StandardOutput.ReadToEndAsync(), sipp.StandardError.ReadToEndAsync());
        await sipp.WaitForExitAsync().WaitAsync(Patience);
        var errors = Path.Combine(_folder, "errors.log");
        return (sipp.ExitCode, File.Exists(errors) ? await File.ReadAllTextAsync(errors) : string.Join('\n', await output));
    }

    private static int FreePort(IPEndPoint near)
    {
        using var socket = new System.Net.Sockets.Socket(near.AddressFamily, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        socket.Bind(new IPEndPoint(near.Address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task WaitUntilNoDialogsAsync(UserAgent agent)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (agent.DialogCount > 0)
            await Task.Delay(20, patience.Token);
    }

    /// <summary>Agrees with everything; with the ACK it hangs up if wanted, or transfers the call, notes the outcome and hangs up then.</summary>
    private sealed class Answering(UserAgentServer call, bool hangsUp, ConcurrentQueue<TransferOutcome>? transferred) : IInviteHandler
    {
        public void OnCancelled()
        {
        }

        public void OnAck(ReadOnlyMemory<byte> body, string? contentType)
        {
            if (hangsUp)
                call.Bye();
            else if (transferred is not null)
                Assert.True(call.Refer(new SipUri { User = "desk", Host = "pbx.example.com" }));
        }

        public void OnAckTimeout()
        {
        }

        public void OnReinvite(ReinviteServer reinvite) => reinvite.Accept(reinvite.Offer);

        public int OnInfo(SipRequest info) => 200;

        public void OnTransferEnded(TransferOutcome outcome)
        {
            transferred?.Enqueue(outcome);
            call.Bye();
        }

        public void OnBye(string? reason)
        {
        }

        public void OnByeCompleted()
        {
        }

        public void OnTransportFailed()
        {
        }
    }
}
