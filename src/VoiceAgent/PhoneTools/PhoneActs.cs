using Tools;
using VoiceAgent.Calls;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.PhoneTools;

/// <summary>Carries out what the agent wants done on the phone line, one wish at a time: <see cref="CallControl"/> -> the line, the state table, the record.</summary>
/// <remarks>Owned by the call's loop; its timer only asks that loop to come back.</remarks>
internal sealed class PhoneActs : IDisposable
{
    private const int MaxNotes = 50;

    // Fine enough for a goodbye and a hang-up; runs only while there is something to do.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly PhoneLine _line;
    private readonly ITimer _timer;
    private PhoneAct? _act;
    private int _digitsForgotten;
    private long _samplesBeforeNews;

    /// <param name="line">The call's line.</param>
    /// <param name="post">Hands a signal to the call's loop.</param>
    public PhoneActs(PhoneLine line, Action<CallSignal> post)
    {
        _line = line;
        _timer = line.Time.CreateTimer(_ => post(new CallSignal(null, LoopNote.PhoneActGoesOn)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The caller waits on purpose, or nobody shall speak: silence is no fault.</summary>
    public bool IsSilenceWanted => _act?.IsSilenceWanted == true;

    /// <summary>The agent is about to let go of the caller: it is told nothing that would make it speak of something else.</summary>
    public bool IsLeaving => _act is LeavingAct;

    /// <summary>Whom the agent wants the caller transferred to at this moment; null for nobody.</summary>
    public TransferRequest? Transferring => (_act as LeavingAct)?.Transferring;

    /// <summary>Takes what a signal tells, before the state table acts on it.</summary>
    public void Note(CallSignal signal)
    {
        if (IsNews(signal.Detail))
            _samplesBeforeNews = _line.Bridge.Playout.WrittenSamples;
        // Of a wish that was taken back while its digits were on their way.
        if (signal.Detail is DigitsSent && _digitsForgotten > 0)
            _digitsForgotten--;
        else if (signal.Detail is PhoneRequest request)
            Take(request);
        else if (signal.Detail is RequestCancelled cancelled && cancelled.Request == _act?.Request)
            Cancel(_act);
        else
            _act?.Note(signal);
        Forget();
    }

    /// <summary>Goes on with what is under way; after every signal, once the state table has acted.</summary>
    /// <param name="state">Where the call stands.</param>
    /// <param name="isWithAgent">Whether caller and agent can hear each other.</param>
    /// <returns>True when it has come to an end: from now on silence is one again.</returns>
    public bool Update(CallState state, bool isWithAgent)
    {
        if (_act is null)
            return false;
        if (state is CallState.Apologising or CallState.Ending or CallState.Ended)
            GiveUp();
        else if (state is not (CallState.Transferring or CallState.Consulting))
            _act.Look(isWithAgent);
        Forget();
        _timer.Change(_act is null ? Timeout.InfiniteTimeSpan : LookInterval, Timeout.InfiniteTimeSpan);
        return _act is null;
    }

    /// <summary>Somebody else is on the line: what was to be done for the one before is not done any more, unless they are being handed on already.</summary>
    public void CallerChanged()
    {
        if (_act is not null && Transferring is null)
        {
            _act.Request.Conclude(PhoneWords.CallerChanged);
            _act.Cancel();
        }
        _digitsForgotten = 0;   // the line that they went out on tells nothing any more
        Forget();
    }

    public void Dispose() => _timer.Dispose();

    // The agent owes the caller words for it, other than "one moment"; an end_call that was refused is said goodbye for already.
    private static bool IsNews(object? detail) =>
        detail is DigitPressed or ToolDelivered { How: not ToolDelivery.Never, Answer: { Scheduling: not ToolScheduling.Silent, Tool.Name: not "end_call" } };

    private void Take(PhoneRequest request)
    {
        if (request.Answer.IsCompleted)
            return;
        if (request is NoteRequest note)
            request.Conclude(_line.Journal.Note(note.Text, MaxNotes) ? PhoneWords.Noted : PhoneWords.TooManyNotes);
        else if (_act is not null)
            request.Conclude(PhoneWords.Busy(_act.Request));
        else if (request is EndRequest or TransferRequest && _line.Bridge.Speech.IsSpeaking)
            request.Conclude(LeavingAct.CallerSpoke(request));
        else
            _act = Begin(request);
    }

    private PhoneAct Begin(PhoneRequest request) => request switch
    {
        DigitsRequest digits => new DigitsAct(digits, _line),
        HoldRequest hold => new HoldAct(hold, _line),
        _ => new LeavingAct(request, _line, _samplesBeforeNews),
    };

    private void Cancel(PhoneAct act)
    {
        act.Cancel();
        if (act is DigitsAct { IsSending: true })
            _digitsForgotten++;
    }

    /// <summary>The agent is gone: nobody waits for the end of it.</summary>
    private void GiveUp()
    {
        _act!.Request.Conclude(PhoneWords.CallIsOver);
        _act = null;
    }

    private void Forget()
    {
        if (_act?.IsDone == true)
            _act = null;
    }
}
