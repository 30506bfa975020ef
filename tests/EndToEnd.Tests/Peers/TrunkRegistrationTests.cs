using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Support;
using Support.Dns;
using Telephony;
using Telephony.Checks;
using Telephony.Rtp;
using Telephony.Trunks;

namespace EndToEnd.Tests.Peers;

/// <summary>A26 with a real provider: the service registers at kamailio, is called through it, and follows when it dies. Times are in the tests on virtual time.</summary>
[Trait("Category", "Peer")]
public sealed class TrunkRegistrationTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory, InlineData("udp"), InlineData("tcp"), InlineData("tls")]
    public async Task Registers_with_digest_is_called_and_leaves(string transport)
    {
        Assert.SkipUnless(Kamailio.IsInstalled, Kamailio.Missing);
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var provider = await KamailioRegistrar.StartAsync(_authority);
        var server = transport == "tls" ? provider.Tls : provider.EndPoint;
        await using var agent = await StartAsync($"sip:{server};transport={transport}");
        await BecomesAsync(agent, TrunkState.Up);
        await LoggedAsync(provider, $"REGISTERED sip:me@127.0.0.1 over {transport} expires 600");

        (await Sipp.RunAsync(new("call", provider.EndPoint) { Service = "me" })).MustSucceed();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal("provider", record.Trunk);
        Assert.Equal("me", record.DialledNumber);

        await agent.StopAsync();
        await LoggedAsync(provider, $"REGISTERED sip:me@127.0.0.1 over {transport} expires 0");
        Assert.Equal(TrunkState.Left, Status(agent).State);
    }

    [Fact]
    public async Task Trunk_with_a_client_certificate_is_reached_called_and_left_over_TLS_without_an_address_listened_on_for_it()
    {
        Assert.SkipUnless(Kamailio.IsInstalled, Kamailio.Missing);
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var provider = await KamailioRegistrar.StartAsync(_authority, wantsCertificate: true);
        using var certificate = _authority.Issue("customer.example.com");
        var (file, passwordFile) = (Path.Combine(_authority.Folder, "customer.p12"), Path.Combine(_authority.Folder, "password"));
        await File.WriteAllBytesAsync(file, certificate.Export(X509ContentType.Pkcs12, "secret-of-file"));
        await File.WriteAllTextAsync(passwordFile, "secret-of-file\n");
        await using var agent = await AgentUnderTest.StartAsync(null,
        [
            ("Telephony:Tls:TrustedCaFile", _authority.CaFile),
            ("Telephony:Trunks:provider:Server", $"sip:{provider.Tls};transport=tls"),
            ("Telephony:Trunks:provider:ClientCertificate:CertificateFile", file),
            ("Telephony:Trunks:provider:ClientCertificate:PasswordFile", passwordFile),
            ("Telephony:Trunks:provider:Register", "true"),
            ("Telephony:Trunks:provider:Username", "me"),
            ("Telephony:Trunks:provider:Password", "secret-of-me"),
        ]);
        await BecomesAsync(agent, TrunkState.Up);
        await LoggedAsync(provider, "REGISTERED sip:me@127.0.0.1 over tls expires 600");
        (await Sipp.RunAsync(new("call", provider.EndPoint) { Service = "me" })).MustSucceed();
        Assert.Equal("provider", Assert.Single(await agent.WaitForRecordsAsync(1)).Trunk);
        await agent.StopAsync();
        await LoggedAsync(provider, "REGISTERED sip:me@127.0.0.1 over tls expires 0");
    }

    [Fact]
    public async Task A_wrong_password_is_told()
    {
        Assert.SkipUnless(Kamailio.IsInstalled, Kamailio.Missing);
        await using var provider = await KamailioRegistrar.StartAsync(_authority);
        await using var agent = await StartAsync($"{provider.EndPoint}", ("Telephony:Trunks:provider:Password", "guess"));
        await BecomesAsync(agent, TrunkState.Refused);
        Assert.Equal("401 Unauthorized", Status(agent).LastAnswer);

        using var http = new HttpClient { BaseAddress = agent.Http };
        using var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        var text = await ready.Content.ReadAsStringAsync();
        Assert.StartsWith("ready\ntrunk provider refused since ", text, StringComparison.Ordinal);
        Assert.EndsWith(": 401 Unauthorized\n", text, StringComparison.Ordinal);
        var status = await http.GetStringAsync(new Uri("/status", UriKind.Relative));
        Assert.Contains("\"lastAnswer\": \"401 Unauthorized\"", status, StringComparison.Ordinal);
        Assert.DoesNotContain("guess", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_dies_is_registered_at_again_when_it_is_back()
    {
        Assert.SkipUnless(Kamailio.IsInstalled, Kamailio.Missing);
        await using var provider = await KamailioRegistrar.StartAsync(_authority);
        await using var agent = await StartAsync($"sip:{provider.EndPoint};transport=tcp");
        await BecomesAsync(agent, TrunkState.Up);
        await provider.StopAsync();
        await BecomesAsync(agent, TrunkState.Down);
        await provider.RestartAsync();
        await BecomesAsync(agent, TrunkState.Up);
        await LoggedAsync(provider, "REGISTERED sip:me@127.0.0.1 over tcp");
    }

    [Fact]
    public async Task The_second_server_of_the_name_takes_over_and_sends_the_calls()
    {
        Assert.SkipUnless(Kamailio.IsInstalled, Kamailio.Missing);
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var first = await KamailioRegistrar.StartAsync(_authority);
        await using var second = await KamailioRegistrar.StartAsync(_authority);
        await using var names = new TestDnsServer(
            $"_sip._tcp.provider.test SRV 10 0 {first.EndPoint.Port} sbc.provider.test", $"_sip._tcp.provider.test SRV 20 0 {second.EndPoint.Port} sbc.provider.test",
            "provider.test NAPTR 10 10 s SIP+D2T _sip._tcp.provider.test", "sbc.provider.test A 127.0.0.1");
        await using var agent = await StartAsync("provider.test", ("Telephony:Dns:Servers:0", $"{names.EndPoint}"));
        await BecomesAsync(agent, TrunkState.Up);
        Assert.Equal($"tcp://{first.EndPoint}", Status(agent).Server);

        await first.StopAsync();
        await UntilAsync(agent, status => status.State == TrunkState.Up && status.Server == $"tcp://{second.EndPoint}");
        (await Sipp.RunAsync(new("call", second.EndPoint) { Service = "me" })).MustSucceed();
        Assert.Equal("provider", Assert.Single(await agent.WaitForRecordsAsync(1)).Trunk);
    }

    [Fact]
    public async Task Check_tells_a_good_login_a_wrong_one_and_a_certificate_that_nobody_vouches_for()
    {
        Assert.SkipUnless(Kamailio.IsInstalled, Kamailio.Missing);
        await using var provider = await KamailioRegistrar.StartAsync(_authority);
        using var stranger = new TestAuthority();
        var tls = $"sip:{provider.Tls};transport=tls";
        Assert.Equal((true, "accepts our login (200 OK)"), await CheckAsync(tls, "secret-of-me", _authority));
        Assert.Equal((true, "accepts our login (200 OK)"), await CheckAsync($"sip:{provider.EndPoint}", "secret-of-me", _authority));
        var (isGood, text) = await CheckAsync(tls, "guess", _authority);
        Assert.False(isGood);
        Assert.Equal("answers 401 Unauthorized: check Username, AuthUsername and Password of Telephony:Trunks:provider", text);
        (isGood, text) = await CheckAsync(tls, "secret-of-me", stranger);
        Assert.False(isGood);
        Assert.StartsWith("its certificate is not accepted for 127.0.0.1 (", text, StringComparison.Ordinal);
    }

    private async Task<(bool IsGood, string Text)> CheckAsync(string server, string password, TestAuthority trusted)
    {
        using var certificate = _authority.Issue("127.0.0.1");
        var options = new TelephonyOptions
        {
            Listen = ["udp://127.0.0.1:0", "tls://127.0.0.1:0"],
            Tls = new() { CertificateFile = _authority.Write(certificate, "agent.pem"), TrustedCaFile = trusted.CaFile },
            Trunks = { ["provider"] = new() { Server = server, Register = true, Username = "me", Password = password } },
        };
        await foreach (var finding in LineCheck.RunAsync(options, new RtpOptions { PortRange = "42300-42309" }, isServiceRunning: false, TimeProvider.System, CancellationToken.None))
        {
            if (finding.Subject.StartsWith("Trunk provider at ", StringComparison.Ordinal))
                return (finding.IsGood, finding.Text);
        }
        throw new InvalidOperationException("The trunk was not looked at.");
    }

    private async Task<AgentUnderTest> StartAsync(string server, params (string Key, string? Value)[] settings)
    {
        using var certificate = _authority.Issue("127.0.0.1");
        return await AgentUnderTest.StartAsync(null,
        [
            ("Telephony:Listen:2", "tls://127.0.0.1:0"),
            ("Telephony:Tls:CertificateFile", _authority.Write(certificate, "agent.pem")),
            ("Telephony:Tls:TrustedCaFile", _authority.CaFile),
            ("Telephony:Trunks:provider:Server", server),
            ("Telephony:Trunks:provider:Register", "true"),
            ("Telephony:Trunks:provider:Username", "me"),
            ("Telephony:Trunks:provider:Password", "secret-of-me"),
            .. settings,
        ]);
    }

    /// <summary>kamailio writes its line when it has answered.</summary>
    private static async Task LoggedAsync(KamailioRegistrar provider, string line)
    {
        for (var i = 0; i < 100 && !provider.Log.Contains(line, StringComparison.Ordinal); i++)
            await Task.Delay(50);
        Assert.Contains(line, provider.Log, StringComparison.Ordinal);
    }

    private static TrunkStatus Status(AgentUnderTest agent) => Assert.Single(agent.Services.GetRequiredService<TelephonyService>().Trunks);

    private static Task BecomesAsync(AgentUnderTest agent, TrunkState state) => UntilAsync(agent, status => status.State == state);

    private static async Task UntilAsync(AgentUnderTest agent, Func<TrunkStatus, bool> isReached)
    {
        for (var i = 0; i < 200 && !isReached(Status(agent)); i++)
            await Task.Delay(50);
        Assert.True(isReached(Status(agent)), $"{Status(agent)}");
    }
}
