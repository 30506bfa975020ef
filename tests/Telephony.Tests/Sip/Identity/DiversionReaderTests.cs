using Telephony.Sip.Identity;

namespace Telephony.Tests.Sip.Identity;

/// <summary>Goal A28: who sent a call on, by Diversion and by History-Info.</summary>
public sealed class DiversionReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Diversion: <sip:+4930111@x>;reason=user-busy;counter=1", "+4930111 user-busy")]
    [InlineData("Diversion: \"Desk\" <tel:+49-30-111>;reason=\"no-answer\"", "+4930111 no-answer")]
    [InlineData("Diversion: <sip:+4930111@x>", "+4930111 unknown")]
    [InlineData("Diversion: <sip:+4930111@x>;reason=\"no such thing\"", "+4930111 unknown")]
    [InlineData("Diversion: <sip:+492@x>;reason=no-answer,<sip:+491@x>;reason=unconditional", "+492 no-answer, +491 unconditional")]
    [InlineData("Diversion: <sip:+492@x>;reason=no-answer|Diversion: <sip:+491@x>", "+492 no-answer, +491 unknown")]
    [InlineData("Diversion: <sip:+4930111@x>;privacy=full;reason=unconditional", "- unconditional")]
    [InlineData("Diversion: <sip:+4930111@x>;reason=unconditional|Privacy: id", "- unconditional")]
    [InlineData("Diversion: <sip:anonymous@anonymous.invalid>", "- unknown")]
    [InlineData("Diversion: nonsense <, <sip:+491@x>", "")]
    [InlineData("Diversion: nonsense, <sip:+491@x>", "+491 unknown")]
    public void Diversions_are_read_latest_first(string lines, string expected) => Assert.Equal(expected, Read(lines));

    [Theory]
    // RFC 7044 section 10.3: a map to another user, with the cause of RFC 4458 in the new target.
    [InlineData("History-Info: <sip:+491@x>;index=1,<sip:+492@x;cause=302>;index=1.1;mp=1", "+491 unconditional")]
    // The same after a retargeting that did not change the user.
    [InlineData("History-Info: <sip:+491@x>;index=1|History-Info: <sip:+491@192.0.2.9>;index=1.1;rc=1|History-Info: <sip:+492@x;cause=486>;index=1.1.1;mp=1.1", "+491 user-busy")]
    // RFC 4244: the reason stands in the entry that was left.
    [InlineData("History-Info: <sip:+491@x?Reason=SIP%3Bcause%3D408%3Btext%3D%22late%22>;index=1, <sip:+492@x>;index=1.1", "+491 no-answer")]
    [InlineData("History-Info: <sip:+491@x>;index=1,<sip:+492@x;cause=486>;index=2;mp=1,<sip:+493@x;cause=408>;index=3;mp=2", "+492 no-answer, +491 user-busy")]
    [InlineData("History-Info: <sip:+491@x>;index=1,<sip:+491@192.0.2.9>;index=1.1;rc=1", "")]
    [InlineData("History-Info: <sip:+491@x?Privacy=history>;index=1,<sip:+492@x;cause=302>;index=1.1;mp=1", "- unconditional")]
    [InlineData("History-Info: <sip:+491@x>;index=1,<sip:+492@x;cause=302>;index=1.1;mp=1|Privacy: history", "- unconditional")]
    [InlineData("History-Info: <sip:+491@x>;index=1,<sip:+492@x;cause=302>;index=1.1;mp=1.1", "+491 unconditional")]
    [InlineData("History-Info: <sip:+491@x;cause=302>;index=1;mp=9", "")]
    [InlineData("History-Info: <sip:+491@x>;index=1,<sip:+492@x;cause=302>;index=1.1;mp=1|Diversion: <sip:+499@x>", "+499 unknown")]
    public void History_tells_who_the_call_was_for_before(string lines, string expected) => Assert.Equal(expected, Read(lines));

    [Fact]
    public void A_loop_costs_no_more_than_its_first_rounds()
    {
        var lines = string.Join('|', Enumerable.Range(0, 60).Select(n => $"Diversion: <sip:+49{n}@x>"));
        Assert.Equal(DiversionReader.MaxDiversions, DiversionReader.Read(IdentityInvite.With(lines).Headers).Count);
    }

    private static string Read(string lines) =>
        string.Join(", ", DiversionReader.Read(IdentityInvite.With(lines).Headers).Select(diversion => $"{diversion.Number ?? "-"} {diversion.Reason}"));
}
