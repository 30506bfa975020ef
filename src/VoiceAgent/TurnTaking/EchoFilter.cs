using System.Numerics;
using System.Runtime.InteropServices;

namespace VoiceAgent.TurnTaking;

/// <summary>Predicts the echo sample by sample: a filter over 40 ms of what was sent, learned from what comes back (normalised least mean squares) -> what is left of a frame.</summary>
/// <remarks>
/// Two filters: one learns always, and the other one, whose prediction counts, takes its weights over when they are clearly better. So a caller who talks along spoils
/// nothing, and a line that has changed is learned anew. Owned by the media thread. Allocates only when built.
/// </remarks>
internal sealed class EchoFilter
{
    /// <summary>Samples of the past that a prediction looks at; a multiple of every vector's length.</summary>
    public const int Taps = 160;

    private const float Step = 0.2f;

    // Line noise must not move the weights while the agent is hardly to be heard: 160 samples of -49 dBov.
    private const float EnergyFloor = 2e-3f;

    // About 100 ms.
    private const float Keep = 0.9f;
    private const int LeastFramesOfUse = 10;
    private const float BetterShare = 0.8f;
    private const float GoodShare = 0.5f;

    // Ten frames of -50 dBov.
    private const float AudibleSum = 4e-3f;

    private readonly float[] _front = new float[Taps];
    private readonly float[] _back = new float[Taps];
    private float _frontSum;
    private float _backSum;
    private float _heardSum;
    private int _framesOfUse;

    /// <summary>Sum of squares of the frame taken last.</summary>
    public float Heard { get; private set; }

    /// <summary>Sum of squares of its prediction.</summary>
    public float Predicted { get; private set; }

    /// <summary>Sum of the products of both: as much as the prediction itself where only what nobody foresaw is added to it.</summary>
    public float Common { get; private set; }

    /// <summary>Sum of squares of what is left of it.</summary>
    public float Left { get; private set; }

    /// <summary>The same for the filter that learns: far less than <see cref="Left"/> where the line has changed, as much where somebody speaks.</summary>
    public float LeftByLearner { get; private set; }

    /// <summary>Whether more than half of what comes is not predicted; null while too little comes.</summary>
    public bool? IsFailing => _heardSum > AudibleSum ? _frontSum > GoodShare * _heardSum : null;

    /// <summary>Forgets the line.</summary>
    public void Clear()
    {
        Array.Clear(_front);
        Array.Clear(_back);
        (_frontSum, _backSum, _heardSum, _framesOfUse) = (0, 0, 0, 0);
    }

    /// <summary>Takes a frame.</summary>
    /// <param name="heard">Its samples.</param>
    /// <param name="sent">What was sent: <see cref="Taps"/> samples for each of them, the last of which is its newest.</param>
    /// <param name="left">Takes what is left of it.</param>
    public void Take(ReadOnlySpan<float> heard, ReadOnlySpan<float> sent, Span<float> left)
    {
        (Heard, Predicted, Common, Left, LeftByLearner) = (0, 0, 0, 0, 0);
        var energy = Energy(sent[..Taps]);
        for (var i = 0; i < heard.Length; i++)
        {
            var sample = heard[i];
            var (predicted, learned) = Predict(sent.Slice(i, Taps));
            var (rest, error) = (sample - predicted, sample - learned);
            Learn(sent.Slice(i, Taps), Step * error / (Math.Max(energy, 0) + EnergyFloor));
            if (i + 1 < heard.Length)
                energy += sent[i + Taps] * sent[i + Taps] - sent[i] * sent[i];
            Heard += sample * sample;
            Predicted += predicted * predicted;
            Common += sample * predicted;
            Left += rest * rest;
            LeftByLearner += error * error;
            left[i] = rest;
        }
        Compare();
    }

    private void Compare()
    {
        (_frontSum, _backSum, _heardSum) = (Keep * _frontSum + Left, Keep * _backSum + LeftByLearner, Keep * _heardSum + Heard);
        if (++_framesOfUse >= LeastFramesOfUse && _backSum < BetterShare * _frontSum && _backSum < GoodShare * _heardSum)
        {
            _back.CopyTo(_front, 0);
            (_frontSum, _framesOfUse) = (_backSum, 0);
        }
        else if (_backSum > 2 * _heardSum)
        {
            _front.CopyTo(_back, 0);
            _backSum = _frontSum;
        }
    }

    private (float Front, float Back) Predict(ReadOnlySpan<float> sent)
    {
        var (front, back) = (Vector<float>.Zero, Vector<float>.Zero);
        var past = MemoryMarshal.Cast<float, Vector<float>>(sent);
        var frontWeights = Lanes(_front);
        var backWeights = Lanes(_back);
        for (var i = 0; i < past.Length; i++)
        {
            front = Vector.MultiplyAddEstimate(frontWeights[i], past[i], front);
            back = Vector.MultiplyAddEstimate(backWeights[i], past[i], back);
        }
        return (Vector.Sum(front), Vector.Sum(back));
    }

    private void Learn(ReadOnlySpan<float> sent, float gain)
    {
        var past = MemoryMarshal.Cast<float, Vector<float>>(sent);
        var weights = Lanes(_back);
        var gains = new Vector<float>(gain);
        for (var i = 0; i < past.Length; i++)
            weights[i] = Vector.MultiplyAddEstimate(gains, past[i], weights[i]);
    }

    private static Span<Vector<float>> Lanes(float[] weights) => MemoryMarshal.Cast<float, Vector<float>>(weights.AsSpan());

    private static float Energy(ReadOnlySpan<float> samples)
    {
        var sum = 0f;
        foreach (var sample in samples)
            sum += sample * sample;
        return sum;
    }
}
