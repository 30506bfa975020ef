using Telephony.Trunks;

namespace Telephony.Tests.Trunks;

/// <summary>What a trunk's server, domain and account are, from its settings.</summary>
public sealed class TrunkServerTests
{
    [Theory]
    [InlineData("sip.example.com", "sip:sip.example.com")]
    [InlineData("sip.example.com:5070", "sip:sip.example.com:5070")]
    [InlineData("[2001:db8::1]:5070", "sip:[2001:db8::1]:5070")]
    [InlineData("sip:example.com;transport=tls", "sip:example.com;transport=tls")]
    [InlineData("sips:example.com", "sips:example.com")]
    public void Each_form_of_a_server_is_read(string text, string expected)
    {
        Assert.True(Trunk.TryParseServer(text, out var server));
        Assert.Equal(expected, server.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("tel:+4930")]
    [InlineData("me@example.com")]
    [InlineData("sip:example.com?Subject=x")]
    [InlineData("two words")]
    public void Anything_else_is_no_server(string text) => Assert.False(Trunk.TryParseServer(text, out _));

    [Fact]
    public void The_domain_is_the_servers_host_unless_it_is_said()
    {
        Assert.Equal("proxy.example.com", new Trunk("a", new() { Server = "proxy.example.com:5070" }).Domain);
        Assert.Equal("example.com", new Trunk("a", new() { Server = "proxy.example.com", Domain = "example.com" }).Domain);
    }

    [Fact]
    public void The_name_for_logging_in_may_be_another_one()
    {
        Assert.Equal("me", new Trunk("a", new() { Username = "me" }).Account!.Username);
        Assert.Equal("login", new Trunk("a", new() { Username = "me", AuthUsername = "login" }).Account!.Username);
        Assert.Null(new Trunk("a", new()).Account);
    }
}
