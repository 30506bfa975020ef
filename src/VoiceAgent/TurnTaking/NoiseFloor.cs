namespace VoiceAgent.TurnTaking;

/// <summary>Level of the line when nobody speaks: the least level of the last three seconds, which speech with its gaps does not raise and lasting noise does.</summary>
/// <remarks>Owned by the media thread. Allocates only when built.</remarks>
internal sealed class NoiseFloor
{
    // Until the line has been quieter, or three seconds have told better: a noisy line shall not begin with a word.
    private const float FirstDbov = -50;
    private const float LeastDbov = -75;
    private const float Smoothing = 0.4f;
    private const int WindowFrames = 25;

    private readonly float[] _leasts = new float[12];
    private float _smoothDbov = FirstDbov;
    private float _least = float.MaxValue;
    private int _frames;
    private int _window;

    public NoiseFloor() => Array.Fill(_leasts, FirstDbov);

    /// <summary>The floor in dBov.</summary>
    public float Dbov { get; private set; } = FirstDbov;

    /// <summary>Takes the level of the next 10 ms.</summary>
    public void Take(float dbov)
    {
        _smoothDbov += Smoothing * (dbov - _smoothDbov);
        _least = Math.Min(_least, _smoothDbov);
        if (++_frames == WindowFrames)
        {
            _leasts[_window++ % _leasts.Length] = _least;
            (_least, _frames) = (float.MaxValue, 0);
        }
        var floor = _least;
        foreach (var least in _leasts)
            floor = Math.Min(floor, least);
        Dbov = Math.Max(floor, LeastDbov);
    }
}
