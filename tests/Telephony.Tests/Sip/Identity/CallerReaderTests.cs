using System.Text;
using Telephony.Sip.Identity;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Identity;

/// <summary>Goal A28: asserted identities are believed from trusted trunks only, and a wish for privacy is kept.</summary>
public sealed class CallerReaderTests
{
    private const string Asserted = "P-Asserted-Identity: \"Jane Doe\" <sip:+49301234@carrier.example>";
    private const string Anonymous = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1";

    [Fact]
    public void Asserted_identity_of_a_trusted_trunk_is_the_caller() =>
        Assert.Equal(
            new CallerIdentity { Number = "+49301234", Name = "Jane Doe", Source = IdentitySource.PAssertedIdentity, IsAsserted = true },
            Read(Asserted));

    [Fact]
    public void Asserted_identity_of_anybody_else_is_not_looked_at()
    {
        var caller = Read($"{Asserted}|Remote-Party-ID: <sip:+49301234@x>;screen=yes", trusts: false);
        Assert.Equal(new CallerIdentity { Number = "1000", Source = IdentitySource.From }, caller);
    }

    [Fact]
    public void Preferred_identity_is_never_looked_at() =>
        Assert.Equal("1000", Read("P-Preferred-Identity: <sip:+49301234@carrier.example>").Number);

    [Theory]
    [InlineData("P-Asserted-Identity: \"Jane\" <sip:jane@carrier.example>, <tel:+49-30-1234>", "+49301234", "Jane")]
    [InlineData("P-Asserted-Identity: <tel:+49301234>|P-Asserted-Identity: \"Jane\" <sip:jane@carrier.example>", "+49301234", "Jane")]
    [InlineData("P-Asserted-Identity: tel:+49301234", "+49301234", null)]
    [InlineData("P-Asserted-Identity: <sip:+491@x>, <sip:+492@x>", "+491", null)]
    [InlineData("P-Asserted-Identity: <mailto:a@b>, <sip:+492@x>", "+492", null)]
    [InlineData("P-Asserted-Identity: garbage, <sip:+492@x>", "+492", null)]
    [InlineData("P-Asserted-Identity: <garbage|Remote-Party-ID: <sip:+493@x>", "+493", null)]
    public void Of_several_asserted_values_a_tel_URI_gives_the_number(string lines, string number, string? name)
    {
        var caller = Read(lines);
        Assert.Equal((number, name), (caller.Number, caller.Name));
    }

    [Theory]
    [InlineData("Remote-Party-ID: \"Jane\" <sip:+49301234@x>;party=calling;screen=yes;privacy=off", "+49301234", true, false)]
    [InlineData("Remote-Party-ID: <sip:+49301234@x>;screen=no", "+49301234", false, false)]
    [InlineData("Remote-Party-ID: <sip:+49301234@x>", "+49301234", false, false)]
    [InlineData("Remote-Party-ID: <sip:+49301234@x>;party=called;screen=yes", "1000", false, false)]
    [InlineData("Remote-Party-ID: <sip:+4999@x>;party=called, <sip:+49301234@x>;party=calling;screen=yes", "+49301234", true, false)]
    [InlineData("Remote-Party-ID: <sip:+49301234@x>;privacy=full;screen=yes", null, false, true)]
    [InlineData("Remote-Party-ID: <sip:+49301234@x>;privacy=uri;screen=yes", null, false, true)]
    [InlineData("Remote-Party-ID: <sip:+49301234@x>;privacy=name;screen=yes", "+49301234", true, false)]
    public void Remote_party_id_of_a_trusted_trunk_is_the_caller(string lines, string? number, bool isAsserted, bool isWithheld)
    {
        var caller = Read(lines);
        Assert.Equal((number, isAsserted, isWithheld), (caller.Number, caller.IsAsserted, caller.IsWithheld));
    }

    [Fact]
    public void Asserted_identity_goes_before_remote_party_id() =>
        Assert.Equal("+49301234", Read($"Remote-Party-ID: <sip:+4999@x>;screen=yes|{Asserted}").Number);

    [Theory]
    [InlineData("Privacy: id")]
    [InlineData("Privacy: user")]
    [InlineData("privacy: ID ; critical")]
    [InlineData("Privacy: header;id")]
    [InlineData("Privacy: none|Privacy: id")]
    public void A_wish_for_privacy_hides_number_and_name(string privacy)
    {
        var hidden = new CallerIdentity { IsWithheld = true, Source = IdentitySource.PAssertedIdentity };
        Assert.Equal(hidden, Read($"{Asserted}|{privacy}"));
        Assert.Equal(hidden with { Source = IdentitySource.From }, Read(privacy, trusts: false));
    }

    [Theory]
    [InlineData("Privacy: none", false)]
    [InlineData("Privacy: header", true)]
    [InlineData("Privacy: session", true)]
    [InlineData("", true)]
    public void An_anonymous_From_withholds_what_is_asserted_unless_nothing_shall_be_hidden(string privacy, bool isWithheld)
    {
        var caller = Read(privacy.Length == 0 ? Asserted : $"{Asserted}|{privacy}", from: Anonymous);
        Assert.Equal((isWithheld, isWithheld ? null : "+49301234"), (caller.IsWithheld, caller.Number));
    }

    [Theory]
    [InlineData(Anonymous, true)]
    [InlineData("<sip:restricted@192.0.2.1>;tag=1", true)]
    [InlineData("<sip:x@pbx.anonymous.invalid>;tag=1", true)]
    [InlineData("\"Unavailable\" <sip:unavailable@unknown.invalid>;tag=1", false)]
    public void Names_that_stand_for_nobody_are_no_number(string from, bool isWithheld)
    {
        var caller = Read("", trusts: false, from);
        Assert.Equal((null, isWithheld), (caller.Number, caller.IsWithheld));
    }

    [Fact]
    public void A_display_name_is_one_short_line()
    {
        var caller = Read("", trusts: false, $"\"{new string('x', 500)}\" <sip:1000@x>;tag=1");
        Assert.Equal(CallerReader.MaxNameLength, caller.Name!.Length);
    }

    // Defect class "header smuggling": only the header itself counts, in any case; its look-alikes are other headers, or no message at all.
    [Theory]
    [InlineData("p-aSSERTED-identity: <sip:+491@x>", true)]
    [InlineData("P-Asserted-Identity : <sip:+491@x>", true)]
    [InlineData("P-Asserted-Identity:\r\n <sip:+491@x>", true)]
    [InlineData("X-Trace: 1\r\n P-Asserted-Identity: <sip:+491@x>", false)]
    [InlineData("X-Trace: 1\r\n\tP-Asserted-Identity: <sip:+491@x>", false)]
    [InlineData("P-Asserted-Identity\u0001: <sip:+491@x>", false)]
    [InlineData("P-Asserted-Identity\0: <sip:+491@x>", false)]
    [InlineData("\u000bP-Asserted-Identity: <sip:+491@x>", false)]
    [InlineData("P-Asserted_Identity: <sip:+491@x>", false)]
    [InlineData("X-Trace: 1\rP-Asserted-Identity: <sip:+491@x>", false)]
    [InlineData("Subject: P-Asserted-Identity: <sip:+491@x>", false)]
    public void Only_the_header_itself_counts(string line, bool counts)
    {
        var invite = "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:1000@x>;tag=1\r\n"
            + $"To: <sip:a@b>\r\nCall-ID: x@y\r\nCSeq: 1 INVITE\r\nContact: <sip:a@192.0.2.1>\r\n{line}\r\nContent-Length: 0\r\n\r\n";
        var number = SipParser.Parse(Encoding.UTF8.GetBytes(invite)).Message is SipRequest request ? CallerReader.Read(request, trustsIdentity: true).Number : "refused";
        Assert.Equal(counts, number == "+491");
    }

    private static CallerIdentity Read(string lines, bool trusts = true, string from = IdentityInvite.PlainFrom) =>
        CallerReader.Read(IdentityInvite.With(lines, from), trusts);
}
