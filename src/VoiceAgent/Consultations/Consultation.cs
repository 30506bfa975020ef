using System.Globalization;
using GeminiLive;
using Telephony.Calls;
using VoiceAgent.Agents;
using VoiceAgent.Audio;
using VoiceAgent.Calls;
using VoiceAgent.PhoneTools;

namespace VoiceAgent.Consultations;

/// <summary>One try to hand a caller to a person who is asked first: they are called, told what it is about, and joined with the caller if they take it.</summary>
/// <remarks>Owned by the caller's loop, which it tells its end by a signal; its timer only asks that loop to look.</remarks>
internal sealed class Consultation : IAsyncDisposable
{
    // From the person's answer: two sentences, a question and an answer, with room for a talk about it. The caller waits.
    private static readonly TimeSpan DecisionLimit = TimeSpan.FromSeconds(60);

    // The agent's last words to the person are short; a model that goes on talking is not waited for.
    private static readonly TimeSpan LastWordsLimit = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly TransferRequest _request;
    private readonly CallServices _services;
    private readonly Action<CallSignal> _post;
    private readonly ConsultLeg _leg;
    private readonly ITimer _timer;
    private readonly long _startedAt;
    private ConsultOutcome? _outcome;
    private long? _answeredAt;
    private long? _acceptedAt;
    private long? _declinedAt;
    private long? _joinedAt;
    private bool _isLiveReady;
    private bool _isOver;

    public Consultation(TransferRequest request, SelectedAgent agent, CallServices services, Action<CallSignal> post)
    {
        _request = request;
        _services = services;
        _post = post;
        _startedAt = services.Time.GetTimestamp();
        _leg = new ConsultLeg(request, agent, services, note => post(new CallSignal(null, new ConsultNote(this, note))));
        _timer = services.Time.CreateTimer(_ => post(new CallSignal(null, new ConsultNote(this, null))), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whom the configuration calls the target.</summary>
    public string Name => _request.Name;

    /// <summary>Caller and person hear each other.</summary>
    public bool IsJoined => _joinedAt is not null;

    /// <summary>The person has taken the caller.</summary>
    public bool HasTaken => _outcome is { End: ConsultEnd.Joined };

    /// <summary>The person has taken the caller, or it has failed.</summary>
    public bool IsSettled => _outcome is not null;

    /// <summary>Calls the person.</summary>
    public void Begin()
    {
        _timer.Change(LookInterval, LookInterval);
        _leg.Dial();
    }

    /// <summary>Takes what has happened to the person's leg; returns a line for the record, or null.</summary>
    public string? Note(object? note)
    {
        switch (note)
        {
            case PersonRings:
                return $"{_request.Name}: rings";
            case PersonAnswered:
                _answeredAt ??= _services.Time.GetTimestamp();
                Greet();
                return $"{_request.Name}: answered";
            case LiveReady:
                _isLiveReady = true;
                Greet();
                break;
            case LiveFailed:
                Settle(new ConsultOutcome(ConsultEnd.Failed, "no Live session"));
                break;
            case ToolCallsRequested requested:
                Decide(requested.Calls);
                break;
            case NotCalled refused:
                Settle(ConsultOutcomes.Of(refused.Why));
                break;
            case PersonGone gone:
                Leave(gone);
                break;
            case null:
                Look();
                break;
        }
        return null;
    }

    /// <summary>Lets caller and person hear each other; the person has taken the caller.</summary>
    /// <param name="caller">The caller's line.</param>
    /// <param name="sound">Where others listen to their call, who hear the person from now on.</param>
    public void Join(Call caller, SoundTap sound)
    {
        if (_leg.Call is not { } person)
            return;
        var (toPerson, toCaller) = (new JoinedAudio(), new JoinedAudio());
        caller.Connect(sound.Heard(toPerson), sound.Sent(toCaller));
        person.Connect(toCaller, toPerson);
        _joinedAt = _services.Time.GetTimestamp();
        _leg.Bridge?.CloseLive();
    }

    /// <summary>Sends a key that the caller has pressed on to the person.</summary>
    public void Press(char digit)
    {
        if (IsJoined)
            _leg.Call?.TrySendDigits(digit.ToString());
    }

    /// <summary>The person's part is over, whatever has become of it: hangs up on them, or lets them hear the agent's goodbye first; tells what remains for the record.</summary>
    public ConsultEntry End(double atMs)
    {
        _outcome ??= new ConsultOutcome(ConsultEnd.GivenUp);
        if (_declinedAt is null)
            Stop();
        return new ConsultEntry(
            Math.Round(atMs - Elapsed(_startedAt), 1), _request.Name, _outcome.End, _outcome.Detail,
            _answeredAt is { } answered ? Math.Round(_services.Time.GetElapsedTime(_startedAt, answered).TotalMilliseconds, 1) : null,
            _joinedAt is { } joined ? Math.Round(Elapsed(joined), 1) : null,
            _leg.Bridge?.Live.Usage.Totals);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (_declinedAt is { } declined)
            await SayGoodbyeAsync(declined);
        Stop();
        await _timer.DisposeAsync();
        await _leg.DisposeAsync();
    }

    private double Elapsed(long since) => _services.Time.GetElapsedTime(since).TotalMilliseconds;

    private void Stop()
    {
        _isOver = true;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _leg.HangUp();
    }

    /// <summary>The caller does not wait for it.</summary>
    private async Task SayGoodbyeAsync(long declined)
    {
        while (_leg.IsHeard && _services.Time.GetElapsedTime(declined) < LastWordsLimit)
            await Task.Delay(LookInterval, _services.Time);
    }

    private void Greet()
    {
        if (_isLiveReady && _answeredAt is not null && !IsSettled)
            _leg.Bridge?.Live.StartGreeting();
    }

    private void Decide(IReadOnlyList<LiveToolCall> calls)
    {
        if (_answeredAt is null || _acceptedAt is not null)
            return;
        if (calls.FirstOrDefault(call => call.Name == BriefingWords.Decline) is { } declined)
        {
            _declinedAt ??= _services.Time.GetTimestamp();
            Settle(new ConsultOutcome(ConsultEnd.Declined, BriefingWords.ReasonOf(declined.ArgumentsJson)));
        }
        else if (calls.Any(call => call.Name == BriefingWords.Accept))
        {
            _acceptedAt = _services.Time.GetTimestamp();
        }
    }

    private void Leave(PersonGone gone)
    {
        if (HasTaken && !_isOver)
            _post(new CallSignal(CallTrigger.PersonLeft));
        else
            Settle(_answeredAt is null ? ConsultOutcomes.Of(gone) : new ConsultOutcome(ConsultEnd.Declined, "hung up"));
    }

    private void Look()
    {
        if (IsSettled)
            return;
        if (_acceptedAt is { } accepted && (!_leg.IsHeard || _services.Time.GetElapsedTime(accepted) >= LastWordsLimit))
            Settle(new ConsultOutcome(ConsultEnd.Joined));
        else if (_acceptedAt is null && _answeredAt is { } answered && _services.Time.GetElapsedTime(answered) >= DecisionLimit)
            Settle(new ConsultOutcome(ConsultEnd.Declined, string.Create(CultureInfo.InvariantCulture, $"no decision within {DecisionLimit.TotalSeconds:F0} s")));
    }

    private void Settle(ConsultOutcome outcome)
    {
        if (IsSettled || _isOver)
            return;
        _outcome = outcome;
        _post(new CallSignal(outcome.End == ConsultEnd.Joined ? CallTrigger.PersonAccepts : CallTrigger.TransferFailed, outcome));
    }
}
