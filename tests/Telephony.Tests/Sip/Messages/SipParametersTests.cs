using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

public sealed class SipParametersTests
{
    [Fact]
    public void First_of_repeated_names_counts()
    {
        var parameters = Parse(";transport=tls;transport=tcp");

        Assert.Equal("tls", parameters.Get("TRANSPORT"));
    }

    [Fact]
    public void Quoted_value_may_hold_separators()
    {
        var parameters = Parse("; a = \"x;y=\\\"z\\\",\" ;b");

        Assert.Equal("x;y=\"z\",", parameters.Get("a"));
        Assert.Equal("", parameters.Get("b"));
        Assert.Null(parameters.Get("y"));
    }

    [Fact]
    public void Parameter_is_added_replaced_and_removed_in_its_place()
    {
        var parameters = Parse(";a=1; b ; c=3");

        Assert.Equal(";a=1;b=2; c=3", parameters.With("B", "2").ToString().Replace(";B", ";b"));
        Assert.Equal(";a=1; b ; c=3;d", parameters.With("d", null).ToString());
        Assert.Equal("; b ; c=3", parameters.Without("a").ToString());
        Assert.Equal(parameters, parameters.Without("d"));
        Assert.Equal(";x=\"a;b\"", default(SipParameters).With("x", "a;b").ToString());
        Assert.Equal("a;b", default(SipParameters).With("x", "a;b").Get("x"));
        Assert.Throws<ArgumentException>(() => parameters.With("a;b", "1"));
    }

    [Fact]
    public void More_than_the_limit_are_refused()
    {
        Assert.True(SipParameters.TryParse(string.Concat(Enumerable.Repeat(";a", SipLimits.MaxParameters)), out _));
        Assert.False(SipParameters.TryParse(string.Concat(Enumerable.Repeat(";a", SipLimits.MaxParameters + 1)), out _));
    }

    [Theory]
    [InlineData("a")]
    [InlineData(";")]
    [InlineData(";a;;b")]
    [InlineData(";a b")]
    [InlineData(";a=b c")]
    [InlineData(";a=\"b\"c")]
    [InlineData(";a=b,c")]
    [InlineData(";a=<b>")]
    [InlineData(";a\u0001=b")]
    public void Stray_separators_are_refused(string text) => Assert.False(SipParameters.TryParse(text, out _));

    private static SipParameters Parse(string text)
    {
        Assert.True(SipParameters.TryParse(text, out var parameters));
        return parameters;
    }
}
