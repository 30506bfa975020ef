namespace VoiceAgent.TurnTaking;

/// <summary>Where in what was sent the echo of a heard sample lies: the delay that the level curves show, freed of the network's jitter, as the place where <see cref="EchoFilter"/> begins.</summary>
/// <remarks>By counts of samples and not by time: packets that come in bursts change nothing. Owned by the media thread; allocates nothing.</remarks>
internal sealed class EchoDelay
{
    // The curves tell a frame, and the resamplers add to it: what comes so much earlier is still within the filter.
    private const int LeadSamples = 60;

    private const int MostJump = 8 * EchoResidual.FrameSamples;
    private const int LeastFrames = 20;
    private const int UsualFrames = 150;
    private const int MostFailingFrames = 80;
    private const double EarliestFallPerFrame = 0.5;

    private double _usual;
    private double _earliest = double.MinValue;
    private int _frames;
    private int _failingFrames;
    private bool _isSet;

    /// <summary>Samples at 4 kHz from a heard sample's count to the count of the newest sent sample that may be in it.</summary>
    public long Samples { get; private set; }

    /// <summary>Forgets how much came before what was sent, which is remembered for long otherwise.</summary>
    public void ForgetBurst() => _earliest = double.MinValue;

    /// <summary>Takes what a frame shows.</summary>
    /// <param name="shown">Delay of the echo by the level curves, in counts.</param>
    /// <param name="least">The least delay at which all that the frame may hold has been sent.</param>
    /// <param name="isFailing">Whether the filter at this place predicts nothing; null when there is nothing to tell by.</param>
    /// <param name="hasMoved">True when the filter is to begin anew.</param>
    /// <returns>False while it is not known.</returns>
    public bool Take(long shown, long least, bool? isFailing, out bool hasMoved)
    {
        hasMoved = false;
        if (_frames == 0 || Math.Abs(shown - LeadSamples - _usual) > MostJump)
            (_usual, _frames) = (shown - LeadSamples, 0);
        _frames = Math.Min(_frames + 1, UsualFrames);
        _usual += (shown - LeadSamples - _usual) / _frames;
        if (_frames < LeastFrames)
            return false;
        _earliest = Math.Max(_earliest - EarliestFallPerFrame, least);
        if (isFailing is { } fails)
            _failingFrames = fails ? _failingFrames + 1 : 0;
        var place = (long)Math.Max(_usual, Math.Ceiling(_earliest));
        hasMoved = !_isSet || (_failingFrames > MostFailingFrames && Math.Abs(place - Samples) > EchoResidual.FrameSamples);
        if (hasMoved)
            (_isSet, Samples, _failingFrames) = (true, place, 0);
        return true;
    }
}
