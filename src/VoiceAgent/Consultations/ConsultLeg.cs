using System.Diagnostics.CodeAnalysis;
using GeminiLive;
using Telephony.Calls;
using Telephony.Sip.UserAgents;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.PhoneTools;

namespace VoiceAgent.Consultations;

/// <summary>The call to the person whom a caller shall be handed to, and the Live session that speaks to them: made and ended here, told of as notes.</summary>
/// <remarks>Commands come from the caller's loop; the line tells on the signalling loop, the session on its own. All that happens is handed to the caller's loop.</remarks>
/// <param name="request">Whom to call, and what to tell them.</param>
/// <param name="agent">Whose voice it is.</param>
/// <param name="services">What all calls share.</param>
/// <param name="tell">Hands a note to the caller's loop: a <see cref="LiveEvent"/> or one of the types below.</param>
internal sealed class ConsultLeg(TransferRequest request, SelectedAgent agent, CallServices services, Action<object> tell) : ICallListener, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task _dialling = Task.CompletedTask;
    private CallBridge? _bridge;
    private Call? _call;
    private bool _isOver;
    private volatile bool _hasEnded;

    /// <summary>The call; null before it is made.</summary>
    public Call? Call
    {
        get
        {
            lock (_gate)
                return _call;
        }
    }

    /// <summary>Its audio and its Live session; null before the call is made.</summary>
    public CallBridge? Bridge
    {
        get
        {
            lock (_gate)
                return _bridge;
        }
    }

    /// <summary>Whether the person still hears what the agent has said.</summary>
    public bool IsHeard => !_hasEnded && Bridge?.Playout.QueuedSamples > 0;

    /// <summary>Makes the call; once.</summary>
    public void Dial() => _dialling = DialAsync();

    /// <summary>Ends the call, however far it is.</summary>
    public void HangUp()
    {
        lock (_gate)
            _isOver = true;
        Call?.HangUp();
        Bridge?.CloseLive();
    }

    /// <inheritdoc/>
    public void OnRinging() => tell(new PersonRings());

    /// <inheritdoc/>
    public void OnAnswered()
    {
        // The ACK is what both sides go by.
    }

    /// <inheritdoc/>
    public void OnAcknowledged() => tell(new PersonAnswered());

    /// <inheritdoc/>
    public void OnMediaStarted()
    {
    }

    /// <inheritdoc/>
    public void OnHold(bool held)
    {
    }

    /// <inheritdoc/>
    public void OnDigit(char digit, int durationMs, DigitSource source) => tell(new DigitPressed(digit, source));

    /// <inheritdoc/>
    public void OnDigitsSent(string sent, string unsent)
    {
    }

    /// <inheritdoc/>
    public void OnTransferEnded(TransferOutcome outcome)
    {
        // Nobody transfers the person.
    }

    /// <inheritdoc/>
    public void OnEnded(CallEndReason reason)
    {
        _hasEnded = true;
        services.SecondLegs!.Release();
        tell(new PersonGone(reason, Call?.Refusal?.StatusCode));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        HangUp();
        await _dialling;
        if (Bridge is { } bridge)
            await bridge.DisposeAsync();
    }

    [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for this task before the call ends: a bug is told as a call that was not made.")]
    private async Task DialAsync()
    {
        try
        {
            var config = services.ConfigureBriefing(agent.Profile, BriefingWords.Instruction(request.Name, request.Briefing));
            var why = await services.SecondLegs!.DialAsync(new DialRequest
            {
                Target = request.Target,
                Trunk = request.Option.Trunk,
                RingTimeout = request.Option.RingTimeout,
                MayRefer = false,   // the caller who is joined would hear nothing until somebody else answered
                OnCreated = call => OnCreated(call, config),
            });
            if (why != DialRefusal.None)
                tell(new NotCalled(why));
        }
        catch (Exception fault)
        {
            services.Logger.ConsultFailed(request.Name, fault);
            tell(new NotCalled(DialRefusal.Unavailable));
        }
    }

    private ConsultLeg? OnCreated(Call call, LiveSessionConfig config)
    {
        if (!services.SecondLegs!.TryAdmit())
            return null;
        var bridge = services.CreateBriefing(call, config, TellOfSession);
        bool isOver;
        lock (_gate)
        {
            (_call, _bridge) = (call, bridge);
            isOver = _isOver;
        }
        if (isOver)
        {
            call.HangUp();   // which comes after the INVITE, and cancels it
            return this;
        }
        bridge.Answer();   // which waits for the person's answer
        bridge.Connect();
        return this;
    }

    private void TellOfSession(CallSignal signal)
    {
        if (signal.Detail is LiveEvent liveEvent)
            tell(liveEvent);
    }
}

/// <summary>The person's telephone rings.</summary>
internal sealed record PersonRings;

/// <summary>The person has answered.</summary>
internal sealed record PersonAnswered;

/// <summary>The call to the person is over.</summary>
/// <param name="Reason">Why.</param>
/// <param name="StatusCode">The SIP status that it was refused with; null when it was answered.</param>
internal sealed record PersonGone(CallEndReason Reason, int? StatusCode);

/// <summary>The call to the person was not even tried.</summary>
internal sealed record NotCalled(DialRefusal Why);

/// <summary>A note of a <see cref="ConsultLeg"/>, on its way to the caller's loop.</summary>
/// <param name="From">Whose it is.</param>
/// <param name="Note">What it tells; null when the time for it has come to look at itself.</param>
internal sealed record ConsultNote(Consultation From, object? Note);
