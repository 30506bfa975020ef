using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>
/// What the model is asked for in writing: the greeting, guarded against the caller's "hello?"; and on a new connection whatever the lost one
/// took with it, the greeting before its first sound or an answer that was due.
/// </summary>
/// <remarks>Any thread.</remarks>
internal sealed class LiveGreeting(string greeting, Func<LiveTextInput> family, LiveOptions options, Uplink uplink, LiveOutbox outbox, LiveWatchdog watchdog)
{
    // The caller has said it already and waits; the new session may not have heard it.
    private const string AnswerIsDue =
        "(The line was interrupted for a moment. The caller may be waiting for an answer, or may have heard only the beginning of one: give it now or "
        + "go on where you were cut off, or ask them to say it again if you did not hear it. Do not greet them again.)";

    private readonly Lock _gate = new();

    // Always the same arrays, so that none can wait twice in the outbox.
    private readonly (byte[] Turn, byte[] Realtime) _message = Write(greeting);
    private readonly (byte[] Turn, byte[] Realtime) _reminder = Write(AnswerIsDue);

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
            Add(_message);
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
                Add(_reminder);
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

    // One that waits since before the session went to a model of another family would ask twice.
    private void Add((byte[] Turn, byte[] Realtime) message)
    {
        var isRealtime = family() == LiveTextInput.RealtimeText;
        outbox.TryRemove(isRealtime ? message.Turn : message.Realtime);
        outbox.TryAdd(isRealtime ? message.Realtime : message.Turn);
    }

    private static (byte[] Turn, byte[] Realtime) Write(string text) => (ClientMessages.UserTurn(text), ClientMessages.RealtimeText(text));
}
