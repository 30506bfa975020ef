using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>
/// What the model is asked for in writing: the greeting, guarded against the caller's "hello?"; and on a new connection whatever the lost one
/// took with it, the greeting before its first sound or an answer that was due.
/// </summary>
/// <remarks>Any thread.</remarks>
internal sealed class LiveGreeting(string greeting, LiveOptions options, Uplink uplink, LiveOutbox outbox, LiveWatchdog watchdog)
{
    // The caller has said it already and waits; the new session may not have heard it.
    private const string AnswerIsDue =
        "(The line was interrupted for a moment. The caller may be waiting for an answer, or may have heard only the beginning of one: give it now or "
        + "go on where you were cut off, or ask them to say it again if you did not hear it. Do not greet them again.)";

    private readonly Lock _gate = new();

    // Always the same, so that none can wait twice in the outbox.
    private readonly Func<LiveModelProfile, byte[]> _message = profile => ClientMessages.Text(greeting, expectsAnswer: true, profile);
    private readonly Func<LiveModelProfile, byte[]> _reminder = profile => ClientMessages.Text(AnswerIsDue, expectsAnswer: true, profile);

    private bool _isDue;

    /// <summary>Asks for the greeting. The caller is not heard until it has begun: a "hello?" would cut it before its first word.</summary>
    public void Ask()
    {
        lock (_gate)
        {
            _isDue = true;
            if (options.GreetingGuard > TimeSpan.Zero)
                uplink.Mute(options.TurnTimeout);
            watchdog.Expect(isAsked: true);
            outbox.TryAdd(_message);
        }
    }

    /// <summary>Asks again for what a lost connection took with it: without that, a caller who waits for an answer would wait in silence.</summary>
    public void AskAgainIfLost()
    {
        lock (_gate)
        {
            if (_isDue)
                Ask();
            else if (watchdog.IsAnswerDue)
                outbox.TryAdd(_reminder);
        }
    }

    /// <summary>The model speaks; the guard stays a moment longer.</summary>
    public void Heard()
    {
        lock (_gate)
        {
            if (_isDue && options.GreetingGuard > TimeSpan.Zero)
                uplink.Mute(options.GreetingGuard);
            _isDue = false;
        }
    }
}
