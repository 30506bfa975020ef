namespace Telephony.Media;

/// <summary>What a call learns from its <see cref="MediaSession"/>: the end of the media side, the start of the call's.</summary>
/// <remarks>Called on the media clock's thread only; must return at once.</remarks>
public interface IMediaListener
{
    /// <summary>The first RTP packet of the caller was accepted; once per session.</summary>
    void OnFirstPacket();

    /// <summary>A key was pressed (RFC 4733); once per key, at the first packet that tells of it.</summary>
    /// <param name="digit">0-9, *, #, A-D.</param>
    /// <param name="durationMs">How long the key had been down when that packet was made; a key held longer is not reported again.</param>
    void OnDigit(char digit, int durationMs);

    /// <summary>A key was heard as tones in the audio of a caller without telephone-event; once per key.</summary>
    /// <param name="digit">0-9, *, #, A-D.</param>
    /// <param name="durationMs">How long it had been down when it was recognised.</param>
    void OnTone(char digit, int durationMs)
    {
    }

    /// <summary>Digits left by <see cref="MediaSession.TrySendDigits"/> are done with; once per sequence, unless the session ends before.</summary>
    /// <param name="sent">What went out.</param>
    /// <param name="unsent">What did not, because the peer takes no digits any more; empty as a rule.</param>
    void OnDigitsSent(string sent, string unsent);

    /// <summary>Nothing was heard of the caller for longer than <c>RtpOptions</c> allows; once per session, never on hold.</summary>
    void OnTimeout();

    /// <summary>A fault ended this call's media; no other call is touched and nothing more is reported.</summary>
    void OnFailed(Exception fault);
}
