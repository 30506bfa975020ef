using GeminiLive;
using Telephony.Calls;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.PhoneTools;

namespace VoiceAgent.Consultations;

/// <summary>A call's tries to hand its caller to persons who are asked first, one after the other: the state table -> the person's leg, and what the caller hears meanwhile.</summary>
/// <remarks>Owned by the call's loop.</remarks>
/// <param name="call">The caller's call.</param>
/// <param name="bridge">Its audio and its Live session.</param>
/// <param name="journal">Its record.</param>
/// <param name="agent">Its agent.</param>
/// <param name="services">What all calls share.</param>
/// <param name="post">Hands a signal to the call's loop.</param>
internal sealed class ConsultDesk(Call call, CallBridge bridge, CallJournal journal, SelectedAgent agent, CallServices services, Action<CallSignal> post) : IAsyncDisposable
{
    private Consultation? _current;
    private Task _ending = Task.CompletedTask;

    /// <summary>Tells the silence ladder that the agent was asked to speak.</summary>
    public required Action ExpectAgent { private get; init; }

    /// <summary>Calls the person; the caller hears the waiting sound.</summary>
    public void Begin(TransferRequest request)
    {
        End();
        journal.Line($"asking {request.Name}");
        _current = new Consultation(request, agent, services, post);
        _current.Begin();
        PlayWaiting();
        if (call.Trunk is { } trunk && services.HoldsBySip(trunk))
            call.Hold();
    }

    /// <summary>Takes what a signal tells.</summary>
    public void Note(CallSignal signal)
    {
        if (signal.Trigger == CallTrigger.PersonLeft && _current is { IsJoined: true })
            TakeBack(_current);
        if (signal.Detail is ConsultNote note && note.From == _current)
            Note(_current, note.Note);
        else if (signal.Detail is DigitPressed { IsInAudio: false } pressed)
            _current?.Press(pressed.Digit);
    }

    /// <summary>The caller goes from the agent to the person. The agent's session stays: the person may leave before the caller does.</summary>
    public void Join()
    {
        journal.SetEndReason(EndReason.Transferred);
        bridge.ReportPlayed();
        _current?.Join(call, bridge.Sound);
    }

    /// <summary>The caller stays with the agent or the call is over: nobody waits for the person any more. Not once they have taken the caller.</summary>
    public void EndWaiting()
    {
        bridge.Line.StopFiller();
        call.Resume();
        if (_current is { HasTaken: false })
            End();
    }

    /// <summary>Hangs up on the person, however far it is.</summary>
    public void End()
    {
        if (_current is not { } current)
            return;
        _current = null;
        journal.Consulted(current.End);
        _ending = Task.WhenAll(_ending, current.DisposeAsync().AsTask());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_current is { } current)
            await current.DisposeAsync();
        await _ending;
    }

    private void Note(Consultation current, object? note)
    {
        if (note is DigitPressed { IsInAudio: false } pressed && current.IsJoined)
            call.TrySendDigits(pressed.Digit.ToString());
        else if (current.Note(note) is { } line)
            journal.Line(line);
        if (!current.IsSettled && !bridge.IsAgentHeard)
            PlayWaiting();   // again, when the agent has said something in between
    }

    /// <summary>The person is gone and the caller is not: they are with the agent again, who is told.</summary>
    private void TakeBack(Consultation left)
    {
        journal.Returned($"{left.Name} has left; the caller is back with the agent");
        if (bridge.Live.State is not (LiveSessionState.Open or LiveSessionState.Resuming))
            journal.SetEndReason(EndReason.LiveLost);
        bridge.TakeBack();
        bridge.Live.SendText(BriefingWords.Returned(left.Name), expectsAnswer: true);
        ExpectAgent();
    }

    private void PlayWaiting()
    {
        if (services.Announcements.HoldMusic is { } music)
            bridge.Play(music, again: true);
    }
}
