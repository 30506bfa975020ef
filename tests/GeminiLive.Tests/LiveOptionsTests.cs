using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GeminiLive.Tests;

public sealed class LiveOptionsTests
{
    [Fact]
    public void Defaults_are_good() => Assert.Equal("gemini-3.8-live", Bind().Model);

    [Theory]
    [InlineData("Live:Endpoint", "https://example.org", "ws://")]
    [InlineData("Live:Endpoint", "nonsense", "ws://")]
    [InlineData("Live:Model", "", "gemini-3.8-live")]
    [InlineData("Live:AudioChunkMs", "30", "20, 40")]
    [InlineData("Live:AudioChunkMs", "200", "20, 40")]
    [InlineData("Live:PlayoutLimit", "00:00:10", "00:01:00 to")]
    [InlineData("Live:ContextCompression:TargetTokens", "200", "500 to 131071")]
    [InlineData("Live:ActivityDetection:StartSensitivity", "loud", "HIGH, LOW")]
    [InlineData("Live:ReconnectBudget", "-00:00:01", "00:00:01 to")]
    public void Bad_value_is_refused_with_key_value_and_what_is_allowed(string key, string value, string allowed)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Bind((key, value)));
        Assert.Contains($"{key} is '{value}'; allowed: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_comes_from_the_section_before_the_environment()
    {
        Assert.Null(Bind().ApiKey);
        Assert.Equal("c", Bind(("GOOGLE_API_KEY", "c")).ApiKey);
        Assert.Equal("b", Bind(("GOOGLE_API_KEY", "c"), ("GEMINI_API_KEY", "b")).ApiKey);
        Assert.Equal("a", Bind(("GOOGLE_API_KEY", "c"), ("GEMINI_API_KEY", "b"), ("Live:ApiKey", "a")).ApiKey);
        Assert.Equal("b", Bind(("GEMINI_API_KEY", " b "), ("Live:ApiKey", "")).ApiKey);
    }

    [Theory]
    [InlineData("wss://example.org/?key=secret", "Live:Endpoint is 'wss://example.org/?...'; allowed: a ws:// or wss:// address without query")]
    [InlineData("wss://me:secret@example.org/?key=secret", "Live:Endpoint is '...'; allowed: ")]
    public void Bad_address_is_refused_without_a_secret_in_it(string address, string said)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Bind(("Live:Endpoint", address)));
        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_key_is_refused_without_being_shown()
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Bind(("Live:ApiKey", "se cret")));
        Assert.DoesNotContain("cret", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent")]
    [InlineData("ws://127.0.0.1:9090/", "ws://127.0.0.1:9090/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent")]
    [InlineData("wss://example.org/ws/other", "wss://example.org/ws/other")]
    public void Base_address_gets_the_path_of_the_service(string endpoint, string expected)
    {
        Assert.Equal(expected, TestSession.For(Bind(("Live:Endpoint", endpoint))).Targets[0].Endpoint.AbsoluteUri);
    }

    private static LiveOptions Bind(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Key, s.Value))).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddLive(configuration);
        using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<LiveClientFactory>();
        return factory.Options;
    }
}
