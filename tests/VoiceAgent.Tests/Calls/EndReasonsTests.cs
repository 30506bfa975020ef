using Telephony.Calls;
using VoiceAgent.Calls;

namespace VoiceAgent.Tests.Calls;

/// <summary>The record says why a call ended, and of two causes never the same.</summary>
public sealed class EndReasonsTests
{
    [Fact]
    public void Every_end_of_the_line_has_a_reason_of_its_own()
    {
        var reasons = Enum.GetValues<CallEndReason>().Select(EndReasons.Of).ToList();
        Assert.Equal(reasons.Count, reasons.Distinct().Count());
        Assert.DoesNotContain(EndReason.InternalError, reasons);
    }
}
