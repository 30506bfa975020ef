namespace Telephony.Audio;

/// <summary>The end of a receive path that nobody listens to: the caller's audio before the call is answered.</summary>
/// <remarks>Without state; shared by all calls.</remarks>
public sealed class DiscardingSink : IPcmSink
{
    /// <summary>The one there needs to be.</summary>
    public static readonly DiscardingSink Instance = new();

    private DiscardingSink()
    {
    }

    /// <inheritdoc/>
    public int SampleRateHz => 16_000;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<short> pcm)
    {
    }
}
