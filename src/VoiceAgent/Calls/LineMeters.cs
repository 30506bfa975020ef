using Telephony.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Calls;

/// <summary>How a call's line is at one moment: who is heard how loud, and how good it is.</summary>
/// <param name="CallerSpeaks">Whether the caller speaks.</param>
/// <param name="AgentSpeaks">Whether the agent speaks, or is about to.</param>
/// <param name="CallerDbov">Level of the caller, in dBov, -127 to 0.</param>
/// <param name="AgentDbov">Level of what the caller hears, likewise.</param>
/// <param name="Quality">The line's figures since the call began; null before the answer.</param>
internal sealed record LineMeters(bool CallerSpeaks, bool AgentSpeaks, double CallerDbov, double AgentDbov, MediaSummary? Quality)
{
    private const double Silence = -127;   // RFC 6464

    /// <summary>The meters of a call; any thread.</summary>
    public static LineMeters Of(Call call, CallBridge bridge)
    {
        var statistics = call.GetMediaStatistics();
        return new LineMeters(
            bridge.Speech.IsSpeaking, bridge.IsAgentHeard, Math.Round(bridge.Speech.LevelDbov), Math.Round(Math.Max(Silence, 20 * Math.Log10(bridge.Line.LevelRms / 32_768))),
            statistics.PacketsReceived + statistics.PacketsSent > 0 ? LineQuality.Of(statistics) : null);
    }
}
