using FsCheck;
using FsCheck.Fluent;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

/// <summary>What holds for all texts: no value parser throws, and what one accepts is written and read back equal.</summary>
public sealed class ValuePropertyTests
{
    private static readonly string[] Uris =
    [
        "sip:alice:pw@atlanta.com:5060;transport=tcp;lr?subject=a%20b&x=y", "sips:[2001:db8::1]:5061;maddr=[::1]", "tel:+1234;phone-context=h",
        "sip:%61;b?c@h;d=%65",
    ];

    private static readonly string[] Addresses =
    [
        "\"A. \\\"G.\\\" Bell\" <sip:a@h;x=1>;tag=1;q=\"a,b\"", "The Operator <sips:o@h>", "sip:a@h ; tag = x", "\"\" <tel:1>;a",
    ];

    private static readonly string[] Vias =
    [
        "SIP/2.0/UDP h:5060;rport;branch=z9hG4bK1;received=192.0.2.1", "SIP / 2.0 / TLS [2001:db8::1] : 5061 ; branch=x;received=[::1]", "sip/2.0/tcp h",
    ];

    public static TheoryData<int> Seeds => [11, 12, 13];

    private delegate bool Parser<T>(ReadOnlySpan<char> text, out T? value);

    [Theory, MemberData(nameof(Seeds))]
    public void Damaged_uris_never_throw_and_survive_writing(int seed) => CheckSurvival<SipUri>(seed, Uris, SipUri.TryParse, uri => Assert.True(uri.Matches(uri)));

    [Theory, MemberData(nameof(Seeds))]
    public void Damaged_addresses_never_throw_and_survive_writing(int seed) =>
        CheckSurvival<NameAddress>(seed, Addresses, NameAddress.TryParse, address => Assert.Equal("new", address.WithTag("new").Tag));

    [Theory, MemberData(nameof(Seeds))]
    public void Damaged_vias_never_throw_and_survive_writing(int seed) =>
        CheckSurvival<Via>(seed, Vias, Via.TryParse, via => Assert.Equal(5, (via with { RPort = 5 }).RPort));

    [Theory, MemberData(nameof(Seeds))]
    public void Damaged_cseqs_never_throw_and_survive_writing(int seed) =>
        CheckSurvival<CSeq>(seed, ["4711 INVITE", "0\tx"], CSeq.TryParse, cseq => Assert.InRange(cseq.Number, 0u, CSeq.MaxNumber));

    [Theory, MemberData(nameof(Seeds))]
    public void Lists_of_any_text_are_split_and_give_back_every_character_but_commas_and_space(int seed)
    {
        var mutation = new Mutation(seed);
        for (var round = 0; round < 5_000; round++)
        {
            var headers = new SipHeaders();
            var line = mutation.Text(30).Replace('\r', ' ').Replace('\n', ' ');
            headers.Add("X", line);

            Assert.Equal(Visible(line), Visible(string.Concat(headers.GetValues("X"))));
        }
    }

    [Fact]
    public void Any_user_can_be_written_and_read_back() =>
        Prop.ForAll<NonEmptyString>(user =>
        {
            var name = Scalars(user.Get);
            var text = new SipUri { User = name, Host = "h" }.ToString();
            return SipUri.TryParse(text, out var uri) && uri.User == name && text == uri.ToString();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_display_name_can_be_written_and_read_back() =>
        Prop.ForAll<NonNull<string>>(name =>
        {
            var display = name.Get.Replace('\r', ' ').Replace('\n', ' ');
            var text = new NameAddress { DisplayName = name.Get, Uri = new SipUri { Host = "h" } }.WithTag("t").ToString();
            return NameAddress.TryParse(text, out var address) && address.DisplayName == display && address.Tag == "t";
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_parameter_value_can_be_written_and_read_back() =>
        Prop.ForAll<NonNull<string>>(value =>
        {
            var plain = value.Get.Replace('\r', ' ').Replace('\n', ' ');
            var written = default(SipParameters).With("a", "1").With("x", value.Get).With("b", null);
            return SipParameters.TryParse(written.ToString(), out var read) && read.Get("x") == plain && read.Contains("b") && read == written;
        }).QuickCheckThrowOnFailure();

    private static void CheckSurvival<T>(int seed, string[] originals, Parser<T> parser, Action<T> check)
    {
        var mutation = new Mutation(seed);
        var accepted = 0;
        for (var round = 0; round < 5_000; round++)
        {
            var original = mutation.Pick(originals);
            var at = mutation.UpTo(original.Length);
            // Line ends never reach a value parser: HeaderLineReader unfolds them.
            var text = (original[..(at - (round % 2))] + mutation.Text(2) + original[at..]).Replace('\r', ' ').Replace('\n', ' ');
            if (!parser(text, out var value))
                continue;
            accepted++;
            Assert.True(parser(value!.ToString(), out var again), $"'{text}' was written as '{value}'.");
            Assert.Equal(value, again);
            check(value);
        }
        Assert.True(accepted > 500, $"Only {accepted} damaged values were still values.");
    }

    /// <summary>Replaces lone surrogates, which no UTF-8 can carry.</summary>
    private static string Scalars(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));

    private static string Visible(string text) => string.Concat(text.Where(c => c is not (',' or ' ' or '\t')));
}
