using System.Diagnostics.Metrics;
using System.Net;
using Support;
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
    public async Task Sipsak_registers_with_the_right_password_only()
    {
        Assert.SkipUnless(PeerProcess.Exists("sipsak"), "sipsak is not installed (apt-get install sipsak).");
        await using var agent = await StartAsync();
        Assert.NotEqual(0, await SipsakAsync(agent.Udp, "guess"));
        Assert.Equal(0, Registrations());
        Assert.Equal(0, await SipsakAsync(agent.Udp, Password));
        Assert.Equal(1, Registrations());
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
            // baresip 1.0 gives up at a first challenge that it does not know (its library reads no further), as many older phones do.
            ("Telephony:Digest:Algorithms:0", "MD5"),
            .. settings,
        ]);
    }
}
