using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

public sealed class SipHeadersTests
{
    [Fact]
    public void Names_are_found_in_any_case_and_by_their_compact_form()
    {
        var headers = new SipHeaders();
        headers.Add("v", "one");
        headers.Add("X-Own", "two");
        headers.Add("vIA", "three");

        Assert.Equal(["Via", "X-Own", "Via"], headers.Select(line => line.Name));
        Assert.Equal("one", headers.GetFirst("VIA"));
        Assert.Equal(["one", "three"], headers.GetLines("v"));
        Assert.Equal("two", headers.GetFirst("x-oWN"));
        Assert.False(headers.Contains("X-Other"));
    }

    [Theory]
    [InlineData("b", HeaderNames.ReferredBy)]
    [InlineData("c", HeaderNames.ContentType)]
    [InlineData("e", HeaderNames.ContentEncoding)]
    [InlineData("f", HeaderNames.From)]
    [InlineData("i", HeaderNames.CallId)]
    [InlineData("k", HeaderNames.Supported)]
    [InlineData("l", HeaderNames.ContentLength)]
    [InlineData("m", HeaderNames.Contact)]
    [InlineData("o", HeaderNames.Event)]
    [InlineData("r", HeaderNames.ReferTo)]
    [InlineData("s", HeaderNames.Subject)]
    [InlineData("t", HeaderNames.To)]
    [InlineData("u", HeaderNames.AllowEvents)]
    [InlineData("v", HeaderNames.Via)]
    [InlineData("x", HeaderNames.SessionExpires)]
    [InlineData("y", HeaderNames.Identity)]
    public void Compact_form_stands_for_the_long_name(string compact, string name)
    {
        Assert.Equal(name, HeaderNames.Canonical(compact));
        Assert.Equal(name, HeaderNames.Canonical(compact.ToUpperInvariant()));
        Assert.Equal(name, HeaderNames.Canonical(name.ToUpperInvariant()));
    }

    [Fact]
    public void Values_are_split_at_commas_outside_quotes_and_brackets()
    {
        var headers = new SipHeaders();
        headers.Add("Contact", "\"a, \\\"b\" <sip:a,b@h>;x=1 ,, <sip:c@h>");
        headers.Add("Subject", "not, asked for");
        headers.Add("Contact", "sip:d@h");
        headers.Add("Contact", "");

        Assert.Equal(["\"a, \\\"b\" <sip:a,b@h>;x=1", "<sip:c@h>", "sip:d@h"], headers.GetValues("m"));
        Assert.Empty(headers.GetValues("Route"));
    }

    [Fact]
    public void Set_replaces_in_place_and_drops_the_others()
    {
        var headers = new SipHeaders();
        headers.Add("Route", "1");
        headers.Add("To", "x");
        headers.Add("Route", "2");

        headers.Set("route", "3");
        headers.Set("Server", "s");
        headers.Prepend("Via", "v");

        Assert.Equal([new("Via", "v"), new("Route", "3"), new("To", "x"), new SipHeader("Server", "s")], headers);
        Assert.True(headers.Remove("ROUTE"));
        Assert.False(headers.Remove("ROUTE"));
        Assert.Equal(3, headers.Count);
    }

    [Theory]
    [InlineData("X-A", "x\r\nVia: y")]
    [InlineData("X-A", "x\ny")]
    [InlineData("X A", "x")]
    [InlineData("X-A:", "x")]
    [InlineData("", "x")]
    public void Forged_lines_are_bugs(string name, string value) => Assert.Throws<ArgumentException>(() => new SipHeaders().Add(name, value));
}
