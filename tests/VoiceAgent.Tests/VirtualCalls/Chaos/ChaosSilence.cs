using GeminiLive;
using VoiceAgent.Calls;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>
/// Measures what a waiting caller hears: from the end of their words, or from the answer when a greeting is due, until the agent is heard or rests on
/// purpose; and from the last sound of a turn that the model has neither ended nor gone on with.
/// </summary>
/// <remarks>Looks on the test's thread; is told of events by the session's receive loop.</remarks>
internal sealed class ChaosSilence(ChaosCall call)
{
    // Less could be taken for a cough.
    private const int ShortestSpeechMs = 500;

    private readonly Lock _gate = new();
    private int? _waitsSinceMs;
    private int? _settledAtMs;
    private bool _isTurnOpen;
    private int _speechMs;
    private int _silentMs;
    private bool _wasAnswered;

    /// <summary>Longest silence while the caller waited, in ms, and when it ended.</summary>
    public (int Ms, int AtMs) Longest { get; private set; }

    /// <summary>Takes what the session tells.</summary>
    public void Note(CallSignal signal)
    {
        lock (_gate)
        {
            if (signal.Detail is OutputTranscript)
                _isTurnOpen = true;
            else if (signal.Trigger == CallTrigger.BargeIn || signal.Detail is GenerationComplete or TurnComplete or AnswerSettled)
                _isTurnOpen = false;
            if (signal.Detail is AnswerSettled)
                _settledAtMs = call.NowMs;
        }
    }

    /// <summary>Looks at the frame that was just heard.</summary>
    public void Look()
    {
        if (!call.Line.IsAnswered || call.Line.End is not null)
            return;
        lock (_gate)
        {
            FollowCaller();
            FollowAgent();
            if ((_waitsSinceMs is null && !_isTurnOpen) || call.Line.IsHeld || call.Line.IsSaying || call.Line.Audible[^1])
            {
                _silentMs = 0;
                return;
            }
        }
        _silentMs += VirtualLine.FrameMs;
        if (_silentMs > Longest.Ms)
            Longest = (_silentMs, call.NowMs);
    }

    private void FollowCaller()
    {
        if (!_wasAnswered && call.Schedule.Setting.HasGreeting)
            _waitsSinceMs = call.NowMs;
        _wasAnswered = true;
        if (call.Line.IsHeld)
        {
            _speechMs = 0;
        }
        else if (call.Line.IsSaying)
        {
            _speechMs += VirtualLine.FrameMs;
        }
        else if (_speechMs > 0)
        {
            if (_speechMs >= ShortestSpeechMs)
                _waitsSinceMs = call.NowMs;
            _speechMs = 0;
        }
    }

    private void FollowAgent()
    {
        if (_waitsSinceMs is not { } since)
            return;
        var heardAtMs = call.Clock.GetElapsedTime(0, call.Bridge.Line.AgentHeardAt).TotalMilliseconds;
        if (heardAtMs > since || _settledAtMs > since)
            _waitsSinceMs = null;
    }
}
