using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using VoiceAgent.Calls;
using VoiceAgent.Commands;

namespace EndToEnd.Tests;

/// <summary>A5: <c>voiceagent dial</c> against the running service, and those who leave before the service has told them the call's id.</summary>
public sealed class DialCommandTests
{
    private const string Key = "a-key-of-sixteen-characters";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Order_is_made_followed_and_told_by_the_exit_code()
    {
        using var callee = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var agent = await StartAsync();
        var dialling = DialAsync(agent, $"sip:bob@{callee.Client.LocalEndPoint}", default);
        await RefuseAsync(callee);
        Assert.Equal(1, await dialling.WaitAsync(Soon));
        Assert.Equal(DialResult.Busy, Assert.Single(await agent.WaitForRecordsAsync(1)).Result);
    }

    [Fact]
    public async Task Order_that_is_refused_is_a_fault()
    {
        await using var agent = await StartAsync();
        Assert.Equal(RunCommand.BadConfiguration, await DialAsync(agent, "sip:bob@192.0.2.1", default).WaitAsync(Soon));
    }

    [Fact]
    public async Task Ctrl_C_before_the_service_has_answered_ends_the_call()
    {
        using var callee = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var names = new HeldNames();
        await using var agent = await StartAsync(names);
        using var ctrlC = new CancellationTokenSource();
        var dialling = DialAsync(agent, $"sip:bob@callee.example:{Port(callee)}", ctrlC.Token);
        await names.Asked.WaitAsync(Soon);
        await ctrlC.CancelAsync();
        names.LetGo();
        Assert.Equal(1, await dialling.WaitAsync(Soon));
        Assert.Equal(EndReason.GivenUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Fact]
    public async Task Client_that_has_gone_before_it_was_told_the_id_leaves_no_call_behind()
    {
        using var callee = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var names = new HeldNames();
        await using var agent = await StartAsync(names);
        using var http = new HttpClient { BaseAddress = agent.Http, DefaultRequestHeaders = { Authorization = new("Bearer", Key) } };
        using var gone = new CancellationTokenSource();
        var asking = http.PostAsJsonAsync("/calls", new { to = $"sip:bob@callee.example:{Port(callee)}" }, gone.Token);
        await names.Asked.WaitAsync(Soon);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await Task.Delay(TimeSpan.FromMilliseconds(500));   // for the service to notice the closed connection
        names.LetGo();
        Assert.Equal(EndReason.GivenUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    private static Task<AgentUnderTest> StartAsync(HeldNames? names = null) => AgentUnderTest.StartAsync(null,
        ("Http:ApiKey", Key), ("Telephony:Outbound:Allow:0", "bob@127.0.0.1:*"), ("Telephony:Outbound:Allow:1", "bob@callee.example:*"), ("Telephony:Dns:Timeout", "00:00:05"),
        ("Telephony:Dns:Servers:0", names is null ? "127.0.0.1" : $"{names.EndPoint}"));

    private static async Task<int> DialAsync(AgentUnderTest agent, string to, CancellationToken cancellation)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { Http = new { Listen = agent.Http.AbsoluteUri, ApiKey = Key } }), CancellationToken.None);
        try
        {
            return await DialCommand.Create().Parse([to, "--config", file]).InvokeAsync(cancellationToken: cancellation);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static int Port(UdpClient socket) => ((IPEndPoint)socket.Client.LocalEndPoint!).Port;

    private static async Task RefuseAsync(UdpClient callee)
    {
        var invite = await callee.ReceiveAsync().WaitAsync(Soon);
        var copied = Encoding.UTF8.GetString(invite.Buffer).Split("\r\n")
            .Where(line => line.StartsWith("Via:", StringComparison.Ordinal) || line.StartsWith("From:", StringComparison.Ordinal) || line.StartsWith("Call-ID:", StringComparison.Ordinal)
                || line.StartsWith("CSeq:", StringComparison.Ordinal) || line.StartsWith("To:", StringComparison.Ordinal))
            .Select(line => line.StartsWith("To:", StringComparison.Ordinal) ? $"{line};tag=bob" : line);
        await callee.SendAsync(Encoding.UTF8.GetBytes($"SIP/2.0 486 Busy Here\r\n{string.Join("\r\n", copied)}\r\nContent-Length: 0\r\n\r\n"), invite.RemoteEndPoint);
    }

    /// <summary>A name server that has every name at 127.0.0.1, and says so when it is let.</summary>
    private sealed class HeldNames : IDisposable
    {
        private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HeldNames() => _ = AnswerAsync();

        public IPEndPoint EndPoint => (IPEndPoint)_socket.Client.LocalEndPoint!;

        /// <summary>Completes when somebody has asked.</summary>
        public Task Asked => _asked.Task;

        public void LetGo() => _letGo.TrySetResult();

        public void Dispose() => _socket.Dispose();

        private async Task AnswerAsync()
        {
            try
            {
                while (true)
                {
                    var query = await _socket.ReceiveAsync();
                    _asked.TrySetResult();
                    await _letGo.Task;
                    await _socket.SendAsync(Answer(query.Buffer), query.RemoteEndPoint);
                }
            }
            catch (Exception over) when (over is ObjectDisposedException or SocketException)
            {
                // The test is over.
            }
        }

        // RFC 1035 section 4.1: the header, the question as it came, and an address of 60 s where one was asked for.
        private static byte[] Answer(byte[] query)
        {
            var name = 12;
            while (query[name] != 0)
                name += query[name] + 1;
            var question = query[12..(name + 5)];
            var isAddress = question[^4..^2] is [0, 1];
            return [.. query[..2], 0x81, 0x80, 0, 1, 0, (byte)(isAddress ? 1 : 0), 0, 0, 0, 0, .. question, .. isAddress ? new byte[] { 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1 } : []];
        }
    }
}
