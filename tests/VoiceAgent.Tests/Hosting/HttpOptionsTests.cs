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
}
