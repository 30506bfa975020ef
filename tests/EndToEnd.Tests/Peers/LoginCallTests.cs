using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Support;
using Telephony;
using Telephony.Calls;
using Telephony.Sip.UserAgents;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>Phones of other makers log in, register and call (goal A20 with real peers).</summary>
[Trait("Category", "Peer"), Collection(nameof(PeerCollection))]
public sealed class LoginCallTests : IDisposable
{
    private const string Password = "secret-of-alice";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory, InlineData("udp"), InlineData("tcp"), InlineData("tls")]
    public async Task Baresip_registers_and_calls(string transport)
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync();
        var registrar = transport switch { "udp" => agent.Udp, "tcp" => agent.Tcp, _ => agent.Tls };
        await using var phone = await Baresip.StartAsync(new BaresipPhone
        {
            Transport = transport, Speech = [], CaFile = _authority.CaFile, Login = new("alice", Password, registrar),
        });
        await RegisteredAsync(1, () => phone.Log);
        Assert.True(await phone.CallAsync($"sip:agent@{registrar}", Soon), phone.Log);
        Assert.True(await phone.Control.CommandAsync("hangup"));
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Theory, InlineData("udp"), InlineData("tcp"), InlineData("tls")]
    public async Task Baresip_that_is_registered_can_be_called(string transport)
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync();
        var registrar = transport switch { "udp" => agent.Udp, "tcp" => agent.Tcp, _ => agent.Tls };
        await using var phone = await Baresip.StartAsync(new BaresipPhone
        {
            Transport = transport, Speech = [], CaFile = _authority.CaFile, Login = new("alice", Password, registrar), AnswersCalls = true,
        });
        await RegisteredAsync(1, () => phone.Log);

        var callee = new Callee();
        Assert.Equal(DialRefusal.None, await agent.Services.GetRequiredService<TelephonyService>().DialAsync(new DialRequest { Target = "4711", OnCreated = callee.Take }));
        Assert.NotNull(await phone.Control.WaitForAsync("CALL_ESTABLISHED", Soon));
        await callee.Answered.WaitAsync(Soon);
        callee.Call.HangUp();
        Assert.NotNull(await phone.Control.WaitForAsync("CALL_CLOSED", Soon));
        Assert.Equal(CallEndReason.AgentHungUp, await callee.Ended.WaitAsync(Soon));
    }

    [Fact]
    public async Task Baresip_with_a_wrong_password_neither_registers_nor_calls()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync();
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Speech = [], Login = new("alice", "guess", agent.Udp) });
        Assert.False(await phone.CallAsync($"sip:agent@{agent.Udp}", TimeSpan.FromSeconds(2)));
        Assert.Equal(0, Registrations());
        Assert.Empty(agent.Records);
    }

    [Theory, InlineData("udp"), InlineData("tcp")]
    public async Task Linphone_registers_with_sha_256_and_calls(string transport)
    {
        Assert.SkipUnless(Linphone.IsInstalled, Linphone.Missing);
        await using var agent = await StartAsync(("Telephony:Digest:Algorithms:0", "SHA-256"));
        var registrar = transport == "udp" ? agent.Udp : agent.Tcp;
        await using var phone = await Linphone.StartAsync(transport);
        await phone.SayAsync($"register sip:alice@127.0.0.1:{registrar.Port} sip:127.0.0.1:{registrar.Port};transport={transport} {Password}");
        await RegisteredAsync(1, () => phone.Log);
        await phone.SayAsync($"call sip:agent@127.0.0.1:{registrar.Port};transport={transport}");
        Assert.True(await phone.HearsAsync("connected.", Soon), phone.Log);
        await phone.SayAsync("terminate");
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Theory, InlineData("u1"), InlineData("t1")]
    public async Task Sipp_registers_and_calls(string transport)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await StartAsync();
        var target = transport == "u1" ? agent.Udp : agent.Tcp;
        (await Sipp.RunAsync(new SippRun("register", target) { Transport = transport, Service = "alice", Login = ("alice", Password) })).MustSucceed();
        Assert.Equal(1, Registrations());
        (await Sipp.RunAsync(new SippRun("call-with-login", target) { Transport = transport, Login = ("alice", Password) })).MustSucceed();
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Fact]
    public async Task Call_without_a_login_does_not_come_through()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await StartAsync();
        var result = await Sipp.RunAsync(new SippRun("call", agent.Udp));
        Assert.Equal(1, result.Failed);
        Assert.Contains("401", result.Errors, StringComparison.Ordinal);
        Assert.Empty(agent.Records);
    }

    [Fact]
    public async Task Names_and_passwords_cannot_be_tried_out()
    {
        Assert.SkipUnless(PeerProcess.Exists("svwar") && PeerProcess.Exists("svcrack"), "svwar is not installed (apt-get install sipvicious).");
        await using var agent = await StartAsync();
        var names = await SipviciousAsync(agent.Udp, "127.0.0.2", "svwar", folder => ["-m", "REGISTER", "-e", "4700-4720"]);
        // The name that exists is answered like those that do not, as long as anything is answered.
        Assert.DoesNotContain("| 4711 ", names, StringComparison.Ordinal);
        var password = await SipviciousAsync(agent.Udp, "127.0.0.3", "svcrack", folder =>
        {
            var words = folder.File("words.txt");
            File.WriteAllLines(words, [.. Enumerable.Range(0, 100).Select(i => $"guess{i}"), Password]);
            return ["-u", "alice", "-d", words];
        });
        Assert.DoesNotContain(Password, password, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sipsak_registers_with_the_right_password_only()
    {
        Assert.SkipUnless(PeerProcess.Exists("sipsak"), "sipsak is not installed (apt-get install sipsak).");
        await using var agent = await StartAsync();
        Assert.NotEqual(0, await SipsakAsync(agent.Udp, "guess"));
        Assert.Equal(0, Registrations());
        Assert.Equal(0, await SipsakAsync(agent.Udp, Password));
        Assert.Equal(1, Registrations());
    }

    /// <summary>Hears what becomes of a call of ours.</summary>
    private sealed class Callee : ICallListener
    {
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<CallEndReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Call Call { get; private set; } = null!;

        public Task Answered => _answered.Task;

        public Task<CallEndReason> Ended => _ended.Task;

        public Callee Take(Call call)
        {
            Call = call;
            return this;
        }

        public void OnAnswered() => _answered.TrySetResult();

        public void OnAcknowledged()
        {
        }

        public void OnMediaStarted()
        {
        }

        public void OnHold(bool held)
        {
        }

        public void OnDigit(char digit, int durationMs, DigitSource source)
        {
        }

        public void OnDigitsSent(string sent, string unsent)
        {
        }

        public void OnTransferEnded(TransferOutcome outcome)
        {
        }

        public void OnEnded(CallEndReason reason) => _ended.TrySetResult(reason);
    }

    private static async Task<string> SipviciousAsync(IPEndPoint target, string source, string program, Func<PeerFolder, IEnumerable<string>> arguments)
    {
        using var folder = new PeerFolder(program);
        await using var process = PeerProcess.Start(program, folder.Path,
            ["-b", source, "-x", source, "-P", $"{PeerPorts.Take()}", .. arguments(folder), "-p", $"{target.Port}", "127.0.0.1"]);
        await process.WaitForExitAsync(TimeSpan.FromSeconds(10));
        return process.Output;
    }

    private static async Task<int?> SipsakAsync(IPEndPoint registrar, string password)
    {
        using var folder = new PeerFolder("sipsak");
        await using var process = PeerProcess.Start("sipsak", folder.Path,
            ["-U", "-C", "sip:alice@127.0.0.1:5999", "-x", "60", "-u", "alice", "-a", password, "-s", $"sip:alice@{registrar}"]);
        return await process.WaitForExitAsync(Soon);
    }

    private static async Task RegisteredAsync(int phones, Func<string> log)
    {
        using var limit = new CancellationTokenSource(Soon);
        while (Registrations() != phones)
        {
            Assert.False(limit.IsCancellationRequested, $"{Registrations()} phones are registered.\n{log()}");
            await Task.Delay(50);
        }
    }

    /// <summary>What the service's gauge says; gauges of services that earlier tests have stopped are gone.</summary>
    private static int Registrations()
    {
        var sum = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, reader) =>
        {
            if (instrument.Name == "voiceagent.sip.registrations")
                reader.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, count, _, _) => sum += count);
        listener.Start();
        listener.RecordObservableInstruments();
        return sum;
    }

    private async Task<AgentUnderTest> StartAsync(params (string Key, string? Value)[] settings)
    {
        using var certificate = _authority.Issue("localhost 127.0.0.1");
        return await AgentUnderTest.StartAsync(null,
        [
            ("Telephony:Listen:2", "tls://127.0.0.1:0"),
            ("Telephony:Tls:CertificateFile", _authority.Write(certificate)),
            ("Telephony:Users:alice:Password", Password),
            ("Telephony:Users:alice:Number", "4711"),
            // baresip 1.0 gives up at a first challenge that it does not know (its library reads no further), as many older phones do.
            ("Telephony:Digest:Algorithms:0", "MD5"),
            .. settings,
        ]);
    }
}
