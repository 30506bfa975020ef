using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Telephony.Codecs;
using Telephony.Rtp.Srtp;
using Telephony.Trunks;

namespace Telephony.Tests;

public sealed class TelephonyOptionsTests
{
    [Theory]
    [InlineData("Listen:0", "udp:/x", "Telephony:Listen:0 = 'udp:/x' is not a listen address; use udp://ADDRESS:PORT, tcp://ADDRESS:PORT or tls://ADDRESS:PORT")]
    [InlineData("Listen:0", "sctp://0.0.0.0:5061", "Telephony:Listen:0 = 'sctp://0.0.0.0:5061' is not a listen address")]
    [InlineData("Listen:0", "tls://0.0.0.0:5061", "Telephony:Tls:CertificateFile = '' is not a file; Telephony:Listen has a tls:// address, which needs a certificate")]
    [InlineData("Tls:PublicName", "203.0.113.5", "Telephony:Tls:PublicName = '203.0.113.5' is not a host name")]
    [InlineData("Tls:HandshakeTimeout", "00:10:00", "Telephony:Tls:HandshakeTimeout = '00:10:00' is not a time limit; use 00:00:01 to 00:01:00")]
    [InlineData("Tls:ClientCertificate", "Maybe", "Failed to convert configuration value 'Maybe' at 'Telephony:Tls:ClientCertificate'")]
    [InlineData("Tcp:MaxConnections", "0", "Telephony:Tcp:MaxConnections = '0' is not a bound; use 1 to 1000000")]
    [InlineData("Tcp:KeepAliveInterval", "00:00:01", "Telephony:Tcp:KeepAliveInterval = '00:00:01' is not a time limit")]
    [InlineData("SessionTimer:MinSe", "00:00:01", "Telephony:SessionTimer:MinSe = '00:00:01' is not a shortest interval; use 00:00:02 to 01:00:00")]
    [InlineData("SessionTimer:Expires", "00:01:00", "Telephony:SessionTimer:Expires = '00:01:00' is not an interval; use 00:00:00 for none, or from SessionTimer:MinSe to a day")]
    [InlineData("Codecs:0", "G729", "Telephony:Codecs:0 = 'G729' is not a codec; use opus or G722 or PCMU or PCMA or L16")]
    [InlineData("Opus:Complexity", "11", "Telephony:Opus:Complexity = '11' is not an effort; use 0 to 10")]
    [InlineData("Opus:Bitrate", "5999", "Telephony:Opus:Bitrate = '5999' is not a bitrate; use 6000 to 128000")]
    [InlineData("Opus:ExpectedLossPercent", "0", "Telephony:Opus:ExpectedLossPercent = '0' is not a loss; use 1 to 30")]
    [InlineData("PublicAddress", "pbx example com", "Telephony:PublicAddress = 'pbx example com' is not an address; use the address that callers reach, a host name")]
    [InlineData("PublicAddress", "0.0.0.0", "Telephony:PublicAddress = '0.0.0.0' is not an address")]
    [InlineData("PublicAddress", "stun:", "Telephony:PublicAddress = 'stun:' is not an address")]
    [InlineData("PublicAddress", "stun:stun.example.com:0", "Telephony:PublicAddress = 'stun:stun.example.com:0' is not an address")]
    [InlineData("LocalNetworks:0", "home", "Telephony:LocalNetworks:0 = 'home' is not a network; use 192.168.0.0/16 or fd00::/8, or none by itself")]
    [InlineData("Trunks:provider:PublicAddress", "pbx.example.com", "Telephony:Trunks:provider:PublicAddress = 'pbx.example.com' is not an IP address")]
    [InlineData("PtimeMs", "25", "Telephony:PtimeMs = '25' is not a packet time; use 10, 20, 30, 40, 50 or 60")]
    [InlineData("PtimeMs", "soon", "Failed to convert configuration value 'soon' at 'Telephony:PtimeMs'")]
    [InlineData("UserAgentName", " ", "Telephony:UserAgentName = ' ' is not a product name")]
    [InlineData("TransferTimeout", "00:10:00", "Telephony:TransferTimeout = '00:10:00' is not a time to ring; use 00:00:01 to 00:05:00")]
    [InlineData("Lisen:0", "udp://0.0.0.0:5060", "Telephony:Lisen is not a setting; known are ")]
    [InlineData("Trunks:provider:Addresses:0", "sip.example.com", "Telephony:Trunks:provider:Addresses:0 = 'sip.example.com' is not an address or network")]
    [InlineData("Trunks:provider:Addresses:0", "203.0.113", "Telephony:Trunks:provider:Addresses:0 = '203.0.113' is not an address or network")]
    [InlineData("Trunks:provider:Server", "sip:me@example.com", "Telephony:Trunks:provider:Server = 'sip:me@example.com' is not a server; use host, host:port")]
    [InlineData("Trunks:provider:Server", "http://example.com", "Telephony:Trunks:provider:Server = 'http://example.com' is not a server")]
    [InlineData("Trunks:provider:Domain", "a b", "Telephony:Trunks:provider:Domain = 'a b' is not a host name")]
    [InlineData("Trunks:provider:Register", "true", "Telephony:Trunks:provider:Server = '' is not a server; Register needs one")]
    [InlineData("Trunks:provider:Register", "true", "Telephony:Trunks:provider:Username = '' is not a user; Register needs the name")]
    [InlineData("Trunks:provider:RegistrationExpiry", "00:00:10", "Telephony:Trunks:provider:RegistrationExpiry = '00:00:10' is not a lifetime; use 00:01:00 to")]
    [InlineData("Trunks:provider:OptionsInterval", "00:00:01", "Telephony:Trunks:provider:OptionsInterval = '00:00:01' is not an interval; use 00:00:05 to")]
    [InlineData("Dns:Servers:0", "dns.example.com", "Telephony:Dns:Servers:0 = 'dns.example.com' is not a name server; use ADDRESS or ADDRESS:PORT")]
    [InlineData("Dns:Timeout", "00:01:00", "Telephony:Dns:Timeout = '00:01:00' is not a time limit; use 00:00:00.1000000 to")]
    [InlineData("MaxCallsPerSecond", "-1", "Telephony:MaxCallsPerSecond = '-1' is not a bound; use 1 to 100000, or 0 for none")]
    [InlineData("Trunks:provider:MaxCalls", "-1", "Telephony:Trunks:provider:MaxCalls = '-1' is not a bound; use 1 to 100000, or 0 for none")]
    [InlineData("Trunks:provider:MaxCallsPerSecond", "100001", "Telephony:Trunks:provider:MaxCallsPerSecond = '100001' is not a bound")]
    [InlineData("Access:Strangers", "Maybe", "Failed to convert configuration value 'Maybe' at 'Telephony:Access:Strangers'")]
    [InlineData("Access:RequestLimit", "-1", "Telephony:Access:RequestLimit = '-1' is not a limit; use 0 to 1000000")]
    [InlineData("Access:RequestWindow", "00:02:00", "Telephony:Access:RequestWindow = '00:02:00' is not a time; use 00:00:00.1000000 to 00:01:00")]
    [InlineData("Access:BanTime", "00:00:00", "Telephony:Access:BanTime = '00:00:00' is not a time; use 00:00:01 to 7.00:00:00")]
    [InlineData("Access:MaxCalls", "-1", "Telephony:Access:MaxCalls = '-1' is not a number of calls; use 0 to 100000")]
    [InlineData("Access:StrangerMessagesPerSecond", "0", "Telephony:Access:StrangerMessagesPerSecond = '0' is not a limit; use 1 to 1000000")]
    [InlineData("Stir:Mode", "Verify", "Telephony:Stir:TrustedCaFile = '' is not a file; Telephony:Stir:Mode = Verify needs the authorities that may sign")]
    [InlineData("Stir:Mode", "Verify", "Telephony:Stir:AllowedHosts = '' is not a list of hosts; Telephony:Stir:Mode = Verify needs those that certificates are fetched from")]
    [InlineData("Stir:AllowedHosts:0", "cert.example.com:", "Telephony:Stir:AllowedHosts:0 = 'cert.example.com:' is not a host")]
    [InlineData("Stir:AllowedHosts:0", "cert.example.com:0443", "Telephony:Stir:AllowedHosts:0 = 'cert.example.com:0443' is not a host")]
    [InlineData("Stir:AllowedHosts:0", "*.example.com", "Telephony:Stir:AllowedHosts:0 = '*.example.com' is not a host")]
    [InlineData("Trunks:provider:ClientCertificate:KeyFile", "key.pem", "Telephony:Trunks:provider:ClientCertificate:CertificateFile = '' is not a file; KeyFile and PasswordFile belong to one")]
    [InlineData("Trunks:provider:ClientCertificate:CertificateFile", "my.pem", "Telephony:Trunks:provider:ClientCertificate:CertificateFile = 'my.pem' is not of use; it is shown over TLS")]
    [InlineData("Stir:FetchTimeout", "00:01:00", "Telephony:Stir:FetchTimeout = '00:01:00' is not a time limit; use 00:00:00.1 to 00:00:05")]
    [InlineData("Stir:CountryCode", "+49", "Telephony:Stir:CountryCode = '+49' is not a country code")]
    [InlineData("Stir:AllowedHosts:0", "https://x/", "Telephony:Stir:AllowedHosts:0 = 'https://x/' is not a host")]
    [InlineData("Users:alice:Number", "4711", "Telephony:Users:alice has neither Password nor PasswordFile; use one of Password and PasswordFile")]
    [InlineData("Users:alice:PasswordFile", "/no/such/file", "Telephony:Users:alice has a PasswordFile that cannot be read: /no/such/file")]
    [InlineData("Users:al ice:Password", "x", "Telephony:Users:al ice = 'al ice' is not a login name; use up to 64 letters")]
    [InlineData("Trunks:provider:RequireUser", "bob", "Telephony:Trunks:provider:RequireUser = 'bob' is not a user; name one of Telephony:Users, or leave it empty")]
    [InlineData("Digest:Realm", "", "Telephony:Digest:Realm = '' is not a realm")]
    [InlineData("Digest:Algorithms:0", "SHA-1", "Telephony:Digest:Algorithms:0 = 'SHA-1' is not an algorithm; use SHA-512-256, SHA-256, MD5")]
    [InlineData("Digest:NonceLifetime", "00:00:01", "Telephony:Digest:NonceLifetime = '00:00:01' is not a lifetime; use 00:00:10 to 1.00:00:00")]
    [InlineData("Digest:MaxNonces", "1", "Telephony:Digest:MaxNonces = '1' is not a bound; use 100 to 1000000")]
    [InlineData("Registrar:MinExpires", "02:00:00", "Telephony:Registrar:MinExpires = '02:00:00' is not a shortest time")]
    [InlineData("Registrar:MaxExpires", "00:00:30", "Telephony:Registrar:MaxExpires = '00:00:30' is not a longest time")]
    [InlineData("Registrar:NatKeepAlive", "00:00:01", "Telephony:Registrar:NatKeepAlive = '00:00:01' is not an interval; use 00:00:05 to 00:10:00")]
    [InlineData("Registrar:MaxContactsPerUser", "0", "Telephony:Registrar:MaxContactsPerUser = '0' is not a bound; use 1 to 100")]
    [InlineData("Srtp:Suites:0", "AES", "Telephony:Srtp:Suites:0 = 'AES' is not a suite; use AEAD_AES_256_GCM or AES_256_CM_HMAC_SHA1_80 or ")]
    [InlineData("Srtp:Policy", "Required", "Telephony:Srtp:Policy = 'Required' is not possible, as keys are exchanged over TLS only and no listen address is tls://; add one to Listen")]
    [InlineData("Trunks:a:Srtp", "Required", "Telephony:Trunks:a:Srtp = 'Required' is not possible, as keys are exchanged over TLS only")]
    [InlineData("Rtp:PortRange", "1-2", "Telephony:Rtp:PortRange = '1-2': ")]
    [InlineData("Rtp:MaxReorderWait", "00:10:00", "Telephony:Rtp:MaxReorderWait = '00:10:00' must be between 00:00:00.0200000 and")]
    [InlineData("Rtp:Ports", "1-2", "Telephony:Rtp:Ports is not a setting; known are ")]
    public void A_bad_setting_fails_at_start_with_key_value_and_what_is_allowed(string key, string value, string message)
    {
        var error = Assert.ThrowsAny<Exception>(() => Start((key, value)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sip:host.example", SrtpPolicy.Required, null, false)]
    [InlineData("host.example;transport=tcp", null, SrtpPolicy.Required, false)]
    [InlineData("sip:host.example;transport=tls", SrtpPolicy.Required, null, true)]
    [InlineData("sips:host.example", SrtpPolicy.Required, null, true)]
    [InlineData("sip:host.example", SrtpPolicy.Optional, SrtpPolicy.Required, true)]
    public void A_trunk_that_demands_encryption_is_reached_over_TLS(string server, SrtpPolicy? trunk, SrtpPolicy? everybody, bool isGood)
    {
        var options = new TelephonyOptions
        {
            Listen = ["tls://0.0.0.0:5061"],
            Srtp = new() { Policy = everybody ?? SrtpPolicy.Optional },
            Trunks = new Dictionary<string, TrunkOptions> { ["a"] = new() { Server = server, Srtp = trunk } },
        };
        var told = $"Telephony:Trunks:a:Server = '{server}' is not reached over TLS, which the keys of its Srtp 'Required' need; add ;transport=tls, or set its Srtp to Optional";
        string[] expected = isGood ? [] : [told];
        Assert.Equal(expected, SrtpOptionsRules.Errors(options));
    }

    [Fact]
    public void Encryption_that_is_required_takes_no_listen_address_where_the_trunk_is_connected_to_over_TLS()
    {
        static TelephonyOptions Options(string server, SrtpPolicy? trunk, SrtpPolicy everybody) => new()
        {
            Srtp = new() { Policy = everybody },
            Trunks = new Dictionary<string, TrunkOptions> { ["a"] = new() { Server = server, Srtp = trunk } },
        };
        Assert.Empty(SrtpOptionsRules.Errors(Options("sip:host.example;transport=tls", SrtpPolicy.Required, SrtpPolicy.Optional)));
        Assert.Empty(SrtpOptionsRules.Errors(Options("sips:host.example", null, SrtpPolicy.Required)));
        Assert.NotEmpty(SrtpOptionsRules.Errors(Options("", SrtpPolicy.Required, SrtpPolicy.Optional)));
    }

    [Fact]
    public void An_address_listed_twice_is_refused() =>
        Assert.Contains("Telephony:Listen:1", Assert.Throws<OptionsValidationException>(
            () => Start(("Listen:0", "udp://127.0.0.1:5070"), ("Listen:1", "udp://127.0.0.1:5070"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_number_is_one_users_alone_and_the_complaint_shows_no_password()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Start(
            ("Users:alice:Password", "CANARY-1"), ("Users:alice:Number", "4711"), ("Users:bob:Password", "CANARY-2"), ("Users:bob:Number", "4711"),
            ("Users:carl:Password", "CANARY-3"), ("Users:carl:PasswordFile", "x")));
        Assert.Contains("Telephony:Users:bob:Number = '4711' is not one user's alone", error.Message, StringComparison.Ordinal);
        Assert.Contains("Telephony:Users:carl has both Password and PasswordFile", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_settings_the_defaults_hold()
    {
        var options = Start();
        Assert.Equal(["udp://0.0.0.0:5060", "tcp://0.0.0.0:5060"], options.ListenEndPoints.Select(endPoint => endPoint.ToString()));
        Assert.Equal(["G722", "PCMU", "PCMA"], options.SelectCodecs().Select(codec => codec.Name).Except(["opus"]));
        Assert.Equal(CodecCatalog.IsAvailable(CodecCatalog.Opus), options.SelectCodecs()[0] == CodecCatalog.Opus);
    }

    [Fact]
    public void Settings_replace_the_defaults()
    {
        var options = Start(("Listen:0", "udp://[::1]:5070"), ("Codecs:0", "pcma"), ("PublicAddress", "203.0.113.5"), ("PtimeMs", "30"));
        Assert.Equal(["udp://[::1]:5070"], options.ListenEndPoints.Select(endPoint => endPoint.ToString()));
        Assert.Equal(["PCMA"], options.SelectCodecs().Select(codec => codec.Name));
    }

    [Fact]
    public void Uncompressed_audio_is_spoken_where_it_is_asked_for_only()
    {
        var options = Start(("Codecs:0", "L16"), ("Codecs:1", "PCMU"));
        Assert.Equal([CodecCatalog.L16At16k, CodecCatalog.L16At8k, CodecCatalog.Pcmu], options.SelectCodecs());
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
