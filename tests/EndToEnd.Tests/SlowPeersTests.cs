using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Support;

namespace EndToEnd.Tests;

/// <summary>A19: the program as it is shipped, with a thousand idle connections and hundreds of slow ones: it answers others as fast as ever.</summary>
[Trait("Category", "Load")]
public sealed class SlowPeersTests : IDisposable
{
    private const int Idle = 1_000;
    private const int SlowBytes = 200;
    private const int HalfHandshakes = 200;
    private const int Requests = 100;

    private static readonly byte[] BegunClientHello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3];

    private readonly TestAuthority _authority = new();
    private readonly int _tcpPort = FreePort();
    private readonly int _tlsPort = FreePort();
    private readonly List<Socket> _slow = [];

    public void Dispose()
    {
        _slow.ForEach(socket => socket.Dispose());
        _authority.Dispose();
    }

    [Fact]
    public async Task Others_are_answered_at_once_and_each_costs_little_and_goes_in_time()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using var agent = Start();
        await ReadyAsync(agent);
        for (var i = 0; i < 20; i++)
            await RequestAsync(i);   // compiled and warm
        var before = ResidentKb(agent);

        await AttackAsync();
        var times = new List<double>();
        using var patience = new CancellationTokenSource();
        var trickling = TrickleAsync(patience.Token);
        for (var i = 0; i < Requests; i++)
            times.Add(await RequestAsync(100 + i));
        times.Sort();
        var perConnectionKb = (ResidentKb(agent) - before) / (double)_slow.Count;

        Assert.True(times[Requests * 99 / 100] <= 200, $"p50 {times[Requests / 2]:F0} ms, p99 {times[Requests * 99 / 100]:F0} ms");
        Assert.True(perConnectionKb <= 64, $"{perConnectionKb:F1} KB each");
        await Task.Delay(TimeSpan.FromSeconds(31));   // 30 s without a whole message, 10 s without a handshake
        await patience.CancelAsync();
        await trickling;
        Assert.All(_slow, socket => Assert.True(IsClosed(socket)));
        Assert.InRange(await RequestAsync(999), 0, 1_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"A19: p50 {times[Requests / 2]:F0} ms, p99 {times[Requests * 99 / 100]:F0} ms, {perConnectionKb:F1} KB each");
        await StopAsync(agent);
    }

    /// <summary>From four addresses of their own, so that no cap of one source helps.</summary>
    private async Task AttackAsync()
    {
        for (var i = 0; i < Idle; i++)
            await ConnectAsync(_tcpPort, i);
        for (var i = 0; i < SlowBytes; i++)
            await (await ConnectAsync(_tcpPort, i)).SendAsync("O"u8.ToArray());
        for (var i = 0; i < HalfHandshakes; i++)
            await (await ConnectAsync(_tlsPort, i)).SendAsync(BegunClientHello);
    }

    private async Task<Socket> ConnectAsync(int port, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _slow.Add(socket);
        socket.Bind(new IPEndPoint(IPAddress.Parse($"127.0.0.{2 + number % 4}"), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    /// <summary>A byte a second on those that have begun a message or a handshake.</summary>
    private async Task TrickleAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var socket in _slow.Skip(Idle))
            {
                try
                {
                    socket.Send([(byte)'x'], SocketFlags.None, out _);
                }
                catch (SocketException)
                {
                    // Closed, as it should be in time.
                }
            }
            await Task.Delay(TimeSpan.FromSeconds(1), stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>A new TLS connection and a request on it: ms until its first response.</summary>
    private async Task<double> RequestAsync(int number)
    {
        var from = Stopwatch.GetTimestamp();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _tlsPort);
        await using var stream = new SslStream(new NetworkStream(socket));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authority.Trusted);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy });
        var id = number.ToString(CultureInfo.InvariantCulture);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"OPTIONS sip:agent@localhost SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bK{id}\r\nFrom: <sip:p@h>;tag=p\r\nTo: <sip:agent@localhost>\r\n"
            + $"Call-ID: slow{id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"));
        var answer = new byte[2048];
        var length = await stream.ReadAsync(answer);
        Assert.StartsWith("SIP/2.0 200 ", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        return Stopwatch.GetElapsedTime(from).TotalMilliseconds;
    }

    private static bool IsClosed(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Receive(new byte[16], SocketFlags.None) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static long ResidentKb(Process agent) => long.Parse(
        File.ReadLines($"/proc/{agent.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Process Start()
    {
        using var certificate = _authority.Issue("localhost");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "voiceagent.dll"), "run"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment =
            {
                ["Telephony__Listen__0"] = $"tcp://127.0.0.1:{_tcpPort}",
                ["Telephony__Listen__1"] = $"tls://127.0.0.1:{_tlsPort}",
                ["Telephony__Tls__CertificateFile"] = _authority.Write(certificate),
                ["Http__Listen"] = "http://127.0.0.1:0",
            },
        };
        start.Environment.Remove("GEMINI_API_KEY");
        start.Environment.Remove("GOOGLE_API_KEY");
        return Process.Start(start)!;
    }

    private static async Task ReadyAsync(Process agent)
    {
        while (await agent.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("Call sip:", StringComparison.Ordinal))
            {
                _ = agent.StandardOutput.ReadToEndAsync();
                return;
            }
        }
        throw new InvalidOperationException("The agent ended before it was ready.");
    }

    private static async Task StopAsync(Process agent)
    {
        agent.Kill();
        await agent.WaitForExitAsync();
    }
}
