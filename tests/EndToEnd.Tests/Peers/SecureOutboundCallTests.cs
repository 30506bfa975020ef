using System.Net;
using System.Text.Json;
using Simulation.Live;
using Support;
using VoiceAgent.Calls;
using VoiceAgent.Commands;

namespace EndToEnd.Tests.Peers;

/// <summary>Calls that the service makes over TLS with encrypted media, ordered by <c>voiceagent dial</c>: to a softphone, and through a proxy and its media relay.</summary>
/// <remarks>The service demands encryption, so that a call that stands is encrypted.</remarks>
[Trait("Category", "Peer")]
public sealed class SecureOutboundCallTests : IDisposable
{
    private const string Key = "a-key-of-sixteen-characters";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(40);

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Baresip_is_called_over_TLS_and_both_sides_hear_each_other_encrypted()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var phone = await Baresip.StartAsync(new BaresipPhone
        {
            AnswersCalls = true,
            Transport = "tls",
            MediaEncryption = "srtp-mand",
            CaFile = _authority.CaFile,
            CertificateFile = Certificate("phone"),
            Speech = ToneCall.Speech,
        });
        await CallAsync(phone, phone.Tls);
    }

    [Fact]
    public async Task A_phone_without_encryption_is_called_over_TLS_through_kamailio_and_rtpengine()
    {
        Assert.SkipUnless(Baresip.IsInstalled && Kamailio.IsInstalled && RtpEngine.IsInstalled, $"{Baresip.Missing} {Kamailio.Missing} {RtpEngine.Missing}");
        await using var media = await RtpEngine.StartAsync();
        await using var phone = await Baresip.StartAsync(new BaresipPhone { AnswersCalls = true, Speech = ToneCall.Speech });
        await using var proxy = await Kamailio.StartAsync(phone.Udp, _authority, "udp", media, isForAgent: true);
        await CallAsync(phone, proxy.Tls);
    }

    [Fact]
    public async Task Nobody_is_called_in_clear_where_encryption_is_required()
    {
        await using var agent = await StartAsync();
        Assert.Equal(RunCommand.BadConfiguration, await DialAsync(agent, "sip:phone@127.0.0.1:5999").WaitAsync(Soon));
    }

    private async Task CallAsync(Baresip phone, IPEndPoint server)
    {
        await using var agent = await StartAsync();
        var dialling = DialAsync(agent, $"sip:phone@{server};transport=tls");
        var levels = await ToneCall.MeasureAsync(agent.Live, 0, phone);
        Assert.True(levels.AreRight, $"{levels}\n{phone.Log}");
        Assert.Equal(0, await dialling.WaitAsync(Soon));
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal((CallDirection.Outbound, DialResult.Answered, EndReason.CallerHungUp), (record.Direction, record.Result, record.EndReason));
    }

    private Task<AgentUnderTest> StartAsync() => AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false },
        ("Http:ApiKey", Key), ("Telephony:Outbound:Allow:0", "*@127.0.0.1:*"), ("Telephony:Listen:2", "tls://127.0.0.1:0"),
        ("Telephony:Tls:CertificateFile", Certificate("agent")), ("Telephony:Tls:TrustedCaFile", _authority.CaFile), ("Telephony:Srtp:Policy", "Required"));

    private string Certificate(string name)
    {
        using var certificate = _authority.Issue("127.0.0.1");
        return _authority.Write(certificate, $"{name}.pem");
    }

    private async Task<int> DialAsync(AgentUnderTest agent, string to)
    {
        var file = Path.Combine(_authority.Folder, "dial.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { Http = new { Listen = agent.Http.AbsoluteUri, ApiKey = Key } }));
        return await DialCommand.Create().Parse([to, "--config", file]).InvokeAsync();
    }
}
