using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Telephony.Tests;

public sealed class TelephonyOptionsTests
{
    [Theory]
    [InlineData("Listen:0", "udp:/x", "Telephony:Listen:0 = 'udp:/x' is not a listen address; use udp://ADDRESS:PORT or tcp://ADDRESS:PORT")]
    [InlineData("Listen:0", "tls://0.0.0.0:5061", "Telephony:Listen:0 = 'tls://0.0.0.0:5061' is not a listen address")]
    [InlineData("Codecs:0", "G729", "Telephony:Codecs:0 = 'G729' is not a codec; use G722 or PCMU or PCMA")]
    [InlineData("PublicAddress", "pbx.example.com", "Telephony:PublicAddress = 'pbx.example.com' is not an IP address")]
    [InlineData("PtimeMs", "25", "Telephony:PtimeMs = '25' is not a packet time; use 10, 20, 30, 40, 50 or 60")]
    [InlineData("PtimeMs", "soon", "Failed to convert configuration value 'soon' at 'Telephony:PtimeMs'")]
    [InlineData("UserAgentName", " ", "Telephony:UserAgentName = ' ' is not a product name")]
    [InlineData("TransferTimeout", "00:10:00", "Telephony:TransferTimeout = '00:10:00' is not a time to ring; use 00:00:01 to 00:05:00")]
    [InlineData("Lisen:0", "udp://0.0.0.0:5060", "Telephony:Lisen is not a setting; known are Codecs, Listen")]
    [InlineData("Rtp:PortRange", "1-2", "Telephony:Rtp:PortRange = '1-2': ")]
    [InlineData("Rtp:MaxReorderWait", "00:10:00", "Telephony:Rtp:MaxReorderWait = '00:10:00' must be between 00:00:00.0200000 and")]
    [InlineData("Rtp:Ports", "1-2", "Telephony:Rtp:Ports is not a setting; known are ")]
    public void A_bad_setting_fails_at_start_with_key_value_and_what_is_allowed(string key, string value, string message)
    {
        var error = Assert.ThrowsAny<Exception>(() => Start((key, value)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_listed_twice_is_refused() =>
        Assert.Contains("Telephony:Listen:1", Assert.Throws<OptionsValidationException>(
            () => Start(("Listen:0", "udp://127.0.0.1:5070"), ("Listen:1", "udp://127.0.0.1:5070"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_settings_the_defaults_hold()
    {
        var options = Start();
        Assert.Equal(["udp://0.0.0.0:5060", "tcp://0.0.0.0:5060"], options.ListenEndPoints.Select(endPoint => endPoint.ToString()));
        Assert.Equal(["G722", "PCMU", "PCMA"], options.SelectCodecs().Select(codec => codec.Name));
    }

    [Fact]
    public void Settings_replace_the_defaults()
    {
        var options = Start(("Listen:0", "udp://[::1]:5070"), ("Codecs:0", "pcma"), ("PublicAddress", "203.0.113.5"), ("PtimeMs", "30"));
        Assert.Equal(["udp://[::1]:5070"], options.ListenEndPoints.Select(endPoint => endPoint.ToString()));
        Assert.Equal(["PCMA"], options.SelectCodecs().Select(codec => codec.Name));
    }

    private static TelephonyOptions Start(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>($"Telephony:{setting.Key}", setting.Value)))
            .Build();
        using var services = new ServiceCollection().AddLogging().AddTelephony(configuration).BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
        return services.GetRequiredService<IOptions<TelephonyOptions>>().Value;
    }
}
