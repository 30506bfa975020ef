using System.Text;
using Telephony.Rtp;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>Digits for a peer without telephone-event that takes INFO: one INFO with application/dtmf-relay for each key, the next when it is answered and its gap over.</summary>
/// <remarks>Owned by the signalling loop but for <see cref="TryLeave"/>.</remarks>
/// <param name="dialog">Where they are sent.</param>
/// <param name="post">To the signalling loop.</param>
/// <param name="onSent">What went out of a sequence and what did not; once for each.</param>
internal sealed class InfoDigits(InviteDialog dialog, Action<Action> post, Action<string, string> onSent)
{
    private const string ContentType = "application/dtmf-relay";
    private const int MaxWaiting = 8;

    private readonly Queue<DigitSequence> _waiting = new();
    private DigitSequence? _current;
    private int _next;
    private int _left;

    /// <summary>Leaves a sequence, to be sent after those left before; any thread.</summary>
    /// <returns>False when too many wait.</returns>
    public bool TryLeave(DigitSequence digits)
    {
        if (Interlocked.Increment(ref _left) > MaxWaiting)
        {
            Interlocked.Decrement(ref _left);
            return false;
        }
        post(() => Add(digits));
        return true;
    }

    private void Add(DigitSequence digits)
    {
        _waiting.Enqueue(digits);
        if (_current is null)
            Begin();
    }

    private void Begin()
    {
        if (!_waiting.TryDequeue(out _current))
            return;
        _next = 0;
        Go();
    }

    private void Go()
    {
        if (dialog.Phase != DialogPhase.Confirmed || _current is null)
            return;   // the call's end tells the rest
        if (_next == _current.Text.Length)
        {
            End();
            return;
        }
        var character = _current.Text[_next];
        if (DigitSequence.IsKey(character))
            Press(char.ToUpperInvariant(character), _current);
        else
            Wait(DigitSequence.PauseMs(character));
    }

    private void Press(char key, DigitSequence digits)
    {
        var body = Encoding.ASCII.GetBytes($"Signal={key}\r\nDuration={digits.DurationMs}\r\n");
        new InfoClient(statusCode => OnAnswered(statusCode, digits.DurationMs + digits.GapMs)).Send(dialog, ContentType, body);
    }

    private void OnAnswered(int statusCode, int waitMs)
    {
        if (_current is null)
            return;
        if (statusCode is >= 200 and < 300)
            Wait(waitMs);
        else
            End();
    }

    private void Wait(int ms)
    {
        _next++;
        dialog.After(TimeSpan.FromMilliseconds(ms), Go);
    }

    private void End()
    {
        var (digits, sent) = (_current!, _next);
        _current = null;
        Interlocked.Decrement(ref _left);
        onSent(digits.Text[..sent], digits.Text[sent..]);
        Begin();
    }
}
