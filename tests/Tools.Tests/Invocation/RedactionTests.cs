using Tools.Invocation;

namespace Tools.Tests.Invocation;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("""{"password":"x","Api_Key":"y","name":"z"}""", """{"password":"***","Api_Key":"***","name":"z"}""")]
    [InlineData("""{"a":[{"MyAccessToken":{"deep":1}}]}""", """{"a":[{"MyAccessToken":"***"}]}""")]
    [InlineData("""{"note":"Karte 4111 1111 1111 1111, bitte"}""", """{"note":"Karte ***, bitte"}""")]
    [InlineData("""{"note":"4111111111111111"}""", """{"note":"***"}""")]
    [InlineData("""{"n":4111111111111111}""", """{"n":"***"}""")]
    [InlineData("""{"note":"DE89 3704 0044 0532 0130 00"}""", """{"note":"***"}""")]
    [InlineData("""{"when":"2026-03-01T14:30:00","phone":"+4930123456789","order":"A-10023","key":"01a1fed5-bba8-7c29-80cf-33365459aebc"}""", """{"when":"2026-03-01T14:30:00","phone":"+4930123456789","order":"A-10023","key":"01a1fed5-bba8-7c29-80cf-33365459aebc"}""")]
    [InlineData("""{"ort":"Köln","n":1.50,"ok":true,"no":null}""", """{"ort":"Köln","n":1.50,"ok":true,"no":null}""")]
    [InlineData("[1", "[1")]
    [InlineData("not json, card 4111 1111 1111 1111", "not json, card ***")]
    [InlineData("\"\\ud800\"", "\"\\ud800\"")]
    public void Default_rules(string json, string written) => Assert.Equal(written, new Redaction(new RedactionOptions()).Apply(json));

    [Fact]
    public void Own_rules_replace_the_default_ones()
    {
        var redaction = new Redaction(new RedactionOptions { Keys = ["cust*"], Patterns = ["K-[0-9]+"] });
        Assert.Equal("""{"customer":"***","password":"x","note":"is ***","id":"4111111111111111"}""", redaction.Apply("""{"customer":7,"password":"x","note":"is K-12","id":"4111111111111111"}"""));
    }

    [Fact]
    public void Text_that_cannot_be_searched_in_time_is_taken_out_whole()
    {
        var redaction = new Redaction(new RedactionOptions { Patterns = ["^(a+)+$"] });
        Assert.Equal("""{"a":"***"}""", redaction.Apply($$"""{"a":"{{new string('a', 60)}}!"}"""));
    }

    [Fact]
    public void Wrong_pattern_is_refused_by_name()
    {
        var refused = Assert.Throws<ArgumentException>(() => new Redaction(new RedactionOptions { Patterns = ["ok", "("] }));
        Assert.StartsWith("Tools:Redaction:Patterns:1 is '(', which is no regular expression", refused.Message, StringComparison.Ordinal);
    }
}
