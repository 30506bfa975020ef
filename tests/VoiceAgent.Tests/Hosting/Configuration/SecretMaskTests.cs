using VoiceAgent.Hosting.Configuration;

namespace VoiceAgent.Tests.Hosting.Configuration;

/// <summary>What <c>config show</c> may tell: secrets never, whatever they look like.</summary>
public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("Telephony:Users:alice:Password", "48151623")]
    [InlineData("Telephony:Users:4711:Password", "true")]
    [InlineData("Live:ApiKey", "1e9")]
    [InlineData("Tools:Mcp:crm:Arguments:1", "48151623")]
    [InlineData("Tools:Mcp:crm:Arguments:1", "hunter2")]
    [InlineData("Tools:Mcp:crm:Arguments:0", "--auth=hunter2")]
    [InlineData("Tools:Mcp:crm:Environment:PIN", "4711")]
    [InlineData("Tools:Http:shop:Tools:find:Body", "{ \"pin\": 4711 }")]
    [InlineData("Tools:Http:shop:Tools:find:Query:appid", "4711")]
    [InlineData("Tools:Http:shop:Headers:X-Account", "4711")]
    public void Secret_is_hidden(string key, string value) => Assert.Equal(SecretMask.Hidden, SecretMask.Of(key, value, typeof(string)));

    [Theory]
    [InlineData("Host=db;Username=agent;PSW=hunter2")]
    [InlineData("Host=db;Username=agent;Password=hunter2")]
    public void Secret_in_a_connection_string_is_hidden(string text) =>
        Assert.DoesNotContain("hunter2", SecretMask.Of("Database:ConnectionString", text, typeof(string)), StringComparison.Ordinal);

    [Fact]
    public void What_is_no_secret_is_shown()
    {
        Assert.Equal("512", SecretMask.Of("Live:MaxOutputTokens", "512", typeof(int?)));
        Assert.Equal("--verbose", SecretMask.Of("Tools:Mcp:crm:Arguments:0", "--verbose", typeof(string)));
        Assert.Equal("key.pem", SecretMask.Of("Telephony:Tls:KeyFile", "key.pem", typeof(string)));
        Assert.Equal("*1", SecretMask.Of("Recordings:PauseKeys", "*1", typeof(string)));
    }
}
