namespace VoiceAgent.Calls;

/// <summary>Tells the model of the keys that the caller presses, an entry at a time: the call's signals -> <see cref="DigitCollector"/> -> Live text.</summary>
/// <remarks>Owned by the call's loop.</remarks>
/// <param name="bridge">The call's Live session, and its tools.</param>
/// <param name="services">What all calls share.</param>
/// <param name="post">Hands a signal to the call's loop.</param>
internal sealed class CallerDigits(CallBridge bridge, CallServices services, Action<CallSignal> post) : IDisposable
{
    private readonly DigitCollector _collector = new(services.Time, services.Options.DigitPause, () => post(new CallSignal(null, LoopNote.DigitPauseOver)));

    /// <summary>Takes what a signal tells.</summary>
    public void Note(object? detail)
    {
        if ((detail is DigitPressed pressed && _collector.Add(pressed.Digit)) || detail == LoopNote.DigitPauseOver)
            Send();
    }

    public void Dispose() => _collector.Dispose();

    private void Send()
    {
        var digits = _collector.Take();
        if (digits.Length == 0)
            return;
        bridge.Tools?.CallerSpoke();
        bridge.Live.SendText($"(The caller pressed {digits} on the keypad.)", expectsAnswer: false);
    }
}
