using System.Globalization;
using VoiceAgent.Calls;

namespace VoiceAgent.PhoneTools;

/// <summary>The caller has been asked to wait and hears the waiting sound, after the agent's words and until somebody speaks or the time is over.</summary>
/// <remarks>Owned by the call's loop. The model goes on hearing the caller, or it could not answer their first word.</remarks>
internal sealed class HoldAct(HoldRequest request, PhoneLine line) : PhoneAct(request)
{
    private readonly AgentWords _words = new(line.Bridge, line.Time);
    private long _since;
    private bool _isHolding;

    private TimeSpan Waited => _isHolding ? line.Time.GetElapsedTime(_since) : TimeSpan.Zero;

    /// <inheritdoc/>
    public override void Note(CallSignal signal)
    {
        if (signal.Trigger == CallTrigger.BargeIn)
            End(PhoneWords.CallerSpoke);
        else if (signal.Detail is DigitPressed)
            End(PhoneWords.CallerPressed);
    }

    /// <inheritdoc/>
    public override void Look(bool isWithAgent)
    {
        if (line.Bridge.Speech.IsSpeaking)
            End(PhoneWords.CallerSpoke);
        else if (!_isHolding && AreHeard(_words))
            Begin();
        else if (_isHolding && _words.AreSaidSince(_since))
            End(PhoneWords.AgentSpoke);
        else if (Waited >= request.Length)
        {
            End(PhoneWords.TimeIsOver);
            line.ExpectAgent();
        }
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        base.Cancel();
        line.Bridge.Line.StopFiller();
    }

    private void Begin()
    {
        (_isHolding, _since) = (true, line.Time.GetTimestamp());
        line.Journal.Line(string.Create(CultureInfo.InvariantCulture, $"the caller waits, for up to {request.Length.TotalSeconds:F0} s"));
        line.Bridge.Play(line.HoldSound!, again: true);
    }

    private void End(string how)
    {
        line.Bridge.Line.StopFiller();
        Conclude(PhoneWords.Waited(how, Waited));
    }
}
