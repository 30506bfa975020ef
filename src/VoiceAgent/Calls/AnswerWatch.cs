using Telephony.Calls;
using VoiceAgent.Audio;
using VoiceAgent.PhoneTools;

namespace VoiceAgent.Calls;

/// <summary>Learns who answered a call of ours: cadence, beeps and the model's own word -> the record; what was heard on the line -> the model, in writing.</summary>
/// <remarks>Owned by the call's loop.</remarks>
internal sealed class AnswerWatch
{
    // A model that changes its mind more often is in a loop.
    private const int MaxHints = 16;

    private readonly CallBridge _bridge;
    private readonly CallJournal _journal;

    /// <param name="call">The call; in one that came in nothing is listened for.</param>
    /// <param name="bridge">Its audio and Live session.</param>
    /// <param name="journal">Its record.</param>
    /// <param name="post">Hands a signal to the call's loop.</param>
    public AnswerWatch(Call call, CallBridge bridge, CallJournal journal, Action<CallSignal> post)
    {
        _bridge = bridge;
        _journal = journal;
        if (call.IsOutbound)
            bridge.Speech.Cadence = new AnswerCadence { Heard = hint => post(new CallSignal(null, hint)) };
    }

    /// <summary>Takes what a signal tells.</summary>
    public void Note(object? detail)
    {
        if (detail is AnsweredByRequest request && !request.Answer.IsCompleted)
        {
            Keep(request.Who, AnswerSource.Model);
            request.Conclude(PhoneWords.Noted);
        }
        else if (detail is CadenceHint hint)
            Take(hint);
    }

    private void Take(CadenceHint hint)
    {
        // Nothing is said to one who may be a person in the middle of a sentence of the agent; a machine records from its beep on.
        var isMachine = AnswerHint.Verdict(_journal.Record.AnswerHints) == AnsweredBy.Voicemail;
        if (!Keep(hint == CadenceHint.Person ? AnsweredBy.Person : AnsweredBy.Voicemail, hint == CadenceHint.Beep ? AnswerSource.Beep : AnswerSource.Cadence))
            return;
        if (hint == CadenceHint.Beep)
            _bridge.Live.SendText(PhoneWords.BeepHeard, expectsAnswer: isMachine || !_bridge.IsAgentHeard);
        else
            _bridge.Live.SendText(hint == CadenceHint.Person ? PhoneWords.SoundsLikePerson : PhoneWords.SoundsLikeVoicemail, expectsAnswer: false);
    }

    private bool Keep(AnsweredBy who, AnswerSource source)
    {
        if (_journal.Record.AnswerHints.Count >= MaxHints)
            return false;
        _journal.AnsweredBy(who, source);
        return true;
    }
}
