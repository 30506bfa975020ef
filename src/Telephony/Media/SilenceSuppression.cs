namespace Telephony.Media;

/// <summary>What a packet time in which the agent is silent is used for.</summary>
internal enum SilenceTurn
{
    /// <summary>A packet of audio as ever.</summary>
    Audio,

    /// <summary>A packet that describes the line's noise (RFC 3389).</summary>
    Noise,

    /// <summary>No packet.</summary>
    Nothing,
}

/// <summary>Decides for <see cref="SendPath"/> when the agent's silence is described instead of sent (RFC 3389), where both sides want that.</summary>
/// <remarks>Owned by the media clock's thread; allocates when built only.</remarks>
/// <param name="ptimeMs">Packet time.</param>
internal sealed class SilenceSuppression(int ptimeMs)
{
    /// <summary>Bytes of the noise's description: the level alone, the spectrum left to the listener's device.</summary>
    public const int Bytes = 1;

    /// <summary>A quiet line, in -dBov: enough to hear that nobody has hung up.</summary>
    public const byte Level = 70;

    // A pause between two words is sent, so that no word begins with a jump in the background.
    private const int HangoverMs = 200;

    // Said again this often: for packets that are lost, and for devices that end calls without RTP.
    private const int RepeatMs = 1_000;

    private long _silentMs;

    /// <summary>The agent speaks.</summary>
    public void OnAudio() => _silentMs = 0;

    /// <summary>The agent is silent for one packet time more.</summary>
    public SilenceTurn OnSilence()
    {
        var suppressedMs = _silentMs - HangoverMs;
        _silentMs += ptimeMs;
        if (suppressedMs < 0)
            return SilenceTurn.Audio;
        return suppressedMs % RepeatMs < ptimeMs ? SilenceTurn.Noise : SilenceTurn.Nothing;
    }
}
