using Telephony.Sip.UserAgents;
using Tools;
using VoiceAgent.Calls;
using VoiceAgent.Consultations;

namespace VoiceAgent.PhoneTools;

/// <summary>The agent lets go of the caller, by hanging up or by a transfer: what it says of it is heard to the end first, and a caller who speaks is kept.</summary>
/// <remarks>
/// Owned by the call's loop. A model that has spoken since the caller's last words, keys and results of tools waits for its answer meanwhile; one that has not is answered at once and
/// asked for its words, and learns what happens later in writing.
/// </remarks>
internal sealed class LeavingAct : PhoneAct
{
    // A model asked for a goodbye begins within a second or two; a caller is not kept for one that never comes.
    private static readonly TimeSpan WordsLimit = TimeSpan.FromSeconds(6);

    // The caller's device plays what is on its way, and they may still have something to say.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan GraceInOpenTurn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GraceInStalledTurn = TimeSpan.FromSeconds(3);

    // Lets the tool's own end be recorded, which the end of the call would make a cancellation.
    private static readonly TimeSpan RecordTime = TimeSpan.FromMilliseconds(100);

    private readonly PhoneLine _line;
    private readonly AgentWords _words;
    private readonly long _askedAt;
    private readonly long _oldSamples;
    private readonly bool _modelWaits;
    private bool _isSpoken;
    private bool _isDue;
    private long _dueAt;
    private string? _whyNot;

    /// <param name="request">The wish.</param>
    /// <param name="line">The call's line.</param>
    /// <param name="samplesBeforeNews">Samples of the agent that had come when it last learned something that it owes the caller words for: those are no goodbye.</param>
    public LeavingAct(PhoneRequest request, PhoneLine line, long samplesBeforeNews)
        : base(request)
    {
        _line = line;
        _words = new AgentWords(line.Bridge, line.Time);
        _askedAt = line.Time.GetTimestamp();
        _modelWaits = _isSpoken = _words.AreSaid && _words.Samples > samplesBeforeNews;
        _oldSamples = _words.Samples;
        if (!_modelWaits)
            request.Conclude(request is TransferRequest transfer ? PhoneWords.AnnounceTransfer(transfer.Name) : PhoneWords.SayGoodbye);
    }

    /// <summary>While the model has been asked for its words and has not begun, the caller waits as for any answer.</summary>
    public override bool IsSilenceWanted => _modelWaits || _isSpoken;

    /// <summary>Whom the caller is being transferred to at this moment; null for nobody.</summary>
    public TransferRequest? Transferring => _isDue && !IsDone ? Request as TransferRequest : null;

    private TimeSpan GraceLeft => (!_words.MayGoOn ? Grace : _modelWaits ? GraceInOpenTurn : GraceInStalledTurn) - _words.Quiet;

    /// <summary>What the model is told when the caller speaks before they have gone.</summary>
    public static ToolResult CallerSpoke(PhoneRequest request) =>
        request is TransferRequest ? PhoneWords.CallerSpokeBeforeTheTransfer : PhoneWords.CallerSpokeBeforeTheEnd;

    /// <inheritdoc/>
    public override void Note(CallSignal signal)
    {
        if (signal.Detail is TransferOutcome { End: TransferEnd.Accepted } or ConsultOutcome { End: ConsultEnd.Joined } && _isDue)
            Conclude(PhoneWords.Transferred);   // which ends the call, or the agent's part of it
        else if (_isDue && Request is TransferRequest { Name: var name })
            _whyNot ??= WhyNot(name, signal.Detail);
        else if (signal.Trigger == CallTrigger.BargeIn && !_isDue)
            Stay();
    }

    /// <inheritdoc/>
    public override void Look(bool isWithAgent)
    {
        if (_isDue && Request is EndRequest)
            HangUp(isWithAgent);
        else if (_isDue)
            LookAtFailure();
        else if (_line.Bridge.Speech.IsSpeaking)
            Stay();
        else if (isWithAgent && AreWordsHeard())
            Leave();
    }

    /// <inheritdoc/>
    public override void Cancel() => IsDone |= !_isDue;

    private bool AreWordsHeard()
    {
        var isPlaying = _words.Look();
        _isSpoken |= _words.Samples > _oldSamples && _words.AreSaidSince(_askedAt);
        return _isSpoken ? !isPlaying && GraceLeft <= TimeSpan.Zero : _line.Time.GetElapsedTime(_askedAt) >= WordsLimit;
    }

    private void Leave()
    {
        (_isDue, _dueAt) = (true, _line.Time.GetTimestamp());
        if (Request is not EndRequest end)
        {
            _line.Fire(CallTrigger.AgentTransfers);
            return;
        }
        _line.Journal.Line(end.Reason.Length > 0 ? $"the agent hangs up: {end.Reason}" : "the agent hangs up");
        Request.Conclude(PhoneWords.Ended);
    }

    private void HangUp(bool isWithAgent)
    {
        if (!isWithAgent || _line.Time.GetElapsedTime(_dueAt) < RecordTime)
            return;
        IsDone = true;
        _line.Fire(CallTrigger.AgentHangsUp);
    }

    private void Stay()
    {
        IsDone = true;
        if (!Request.Conclude(CallerSpoke(Request)))
            Tell(Request is TransferRequest ? PhoneWords.TransferStopped : PhoneWords.CallGoesOn, expectsAnswer: false);
    }

    private void LookAtFailure()
    {
        if (_whyNot is not { } words)
            return;
        IsDone = true;
        if (Request.Conclude(ToolResult.Failed(words)))
            return;
        Tell($"({words})", expectsAnswer: true);
        _line.ExpectAgent();
    }

    private string? WhyNot(string name, object? detail)
    {
        if (detail is ConsultOutcome consulted)
            return PhoneWords.NotTaken(name, consulted);
        if (detail is not TransferOutcome outcome)
            return null;
        _line.Journal.Line($"not transferred to {name}: {outcome.End} {outcome.StatusCode}");
        return PhoneWords.NotTransferred(name, outcome);
    }

    private void Tell(string words, bool expectsAnswer)
    {
        _line.Bridge.Tools?.TellSilent();
        _line.Bridge.Live.SendText(words, expectsAnswer);
    }
}
