using System.ComponentModel.DataAnnotations;
using System.Net;
using VoiceAgent.Hosting;

namespace VoiceAgent.Tests.Hosting;

/// <summary>Who may be told of a call's progress.</summary>
public sealed class HttpOptionsTests
{
    [Theory]
    [InlineData("hooks.example", "https://hooks.example/calls", true)]
    [InlineData("HOOKS.example", "http://hooks.example:8080/calls", true)]
    [InlineData("192.0.2.7", "http://192.0.2.7/", true)]
    [InlineData("2001:db8::7", "http://[2001:db8::7]:8080/calls", true)]
    [InlineData("2001:db8:0::7", "http://[2001:DB8::7]/", true)]
    [InlineData("[::1]", "http://[::1]/", true)]
    [InlineData("2001:db8::7", "http://[2001:db8::8]/", false)]
    [InlineData("hooks.example", "http://hooks.example.evil.example/", false)]
    [InlineData("hooks.example", "http://key@hooks.example/", false)]
    [InlineData("hooks.example", "ftp://hooks.example/", false)]
    public void Calls_are_told_to_listed_hosts_only(string host, string url, bool isTold) =>
        Assert.Equal(isTold, new HttpOptions { CallbackHosts = [host] }.MayCallBack(url, out _));

    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5", true)]
    [InlineData("10.0.0.5", "10.0.0.6", false)]
    [InlineData("10.0.0.0/8", "10.9.8.7", true)]
    [InlineData("2001:db8::/32", "2001:db8::7", true)]
    [InlineData("::1", "::2", false)]
    public void A_proxy_is_an_address_or_a_network(string proxy, string address, bool isTrusted)
    {
        Assert.True(TrustedProxies.TryParse(proxy, out var network));
        Assert.Equal(isTrusted, network.Contains(IPAddress.Parse(address)));
    }

    [Fact]
    public void What_is_neither_is_named()
    {
        var options = new HttpOptions { TrustedProxies = ["10.0.0.5", "proxy.example"] };
        Assert.Contains("proxy.example", Assert.Single(options.Validate(new ValidationContext(options))).ErrorMessage, StringComparison.Ordinal);
    }
}
