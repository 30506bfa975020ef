using Telephony.Audio;

namespace EndToEnd.Tests.Peers;

/// <summary>Where a sentence was found and how well it fits.</summary>
/// <param name="Score">Correlation of the two pictures in the worst quarter of the sentence: 0.94 and more for itself through a telephone, below 0.45 for other sentences, 0 for silence.</param>
/// <param name="At">Where it begins in what was heard.</param>
internal readonly record struct PromptMatch(double Score, TimeSpan At)
{
    /// <summary>Between the two, with room on either side; the tests keep it so.</summary>
    public bool IsRecognised => Score >= 0.65;
}

/// <summary>Tells whether a recording of a call holds a given sentence, from beginning to end, at any level, delay and codec.</summary>
internal static class PromptRecognizer
{
    private const int RateHz = 8000;
    private const int Parts = 4;
    private const int MaxShiftFrames = 10;   // 100 ms: what jitter, a lost packet or a pause of the sender moves a word by
    private const int LongestFrames = 6000;

    private static readonly float[] Ones = [.. Enumerable.Repeat(1f, LongestFrames * SpeechPicture.Bands)];

    /// <summary>The best place for the sentence in what was heard.</summary>
    /// <param name="heard">8 kHz mono.</param>
    /// <param name="prompt">The sentence, mono, at its own rate.</param>
    public static PromptMatch Find(ReadOnlySpan<short> heard, ReadOnlySpan<short> prompt, int promptRateHz)
    {
        var wanted = new SpeechPicture(new WavFile(promptRateHz, 1, prompt.ToArray()).ToMono(RateHz));
        var picture = new SpeechPicture(heard);
        var (bestFrame, bestScore) = (0, 0.0);
        for (var frame = 0; wanted.Frames > 0 && frame + wanted.Frames <= picture.Frames; frame++)
        {
            var score = Correlation(picture.From(frame, wanted.Frames), wanted.From(0, wanted.Frames));
            if (score > bestScore)
                (bestFrame, bestScore) = (frame, score);
        }
        var worst = bestScore > 0 ? WorstQuarter(picture, bestFrame, wanted) : 0;
        return new PromptMatch(Math.Min(bestScore, worst), TimeSpan.FromSeconds((double)bestFrame * SpeechPicture.HopSamples / RateHz));
    }

    // A sentence that breaks off, or begins late, fits in the rest only: the worst quarter counts.
    private static double WorstQuarter(SpeechPicture heard, int frame, SpeechPicture wanted)
    {
        var worst = 1.0;
        var frames = wanted.Frames / Parts;
        for (var part = 0; part < Parts; part++)
        {
            var best = 0.0;
            for (var shift = -MaxShiftFrames; shift <= MaxShiftFrames; shift++)
            {
                var at = frame + part * frames + shift;
                if (at >= 0 && at + frames <= heard.Frames)
                    best = Math.Max(best, Correlation(heard.From(at, frames), wanted.From(part * frames, frames)));
            }
            worst = Math.Min(worst, best);
        }
        return worst;
    }

    private static double Correlation(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var ones = Ones.AsSpan(0, a.Length);
        double sumA = SpeechPicture.Dot(a, ones), sumB = SpeechPicture.Dot(b, ones);
        double squareA = SpeechPicture.Dot(a, a), squareB = SpeechPicture.Dot(b, b);
        var varianceA = squareA - sumA * sumA / a.Length;
        var varianceB = squareB - sumB * sumB / a.Length;
        // Under one part in a thousand it is rounding, not speech.
        return varianceA < 1e-3 * squareA || varianceB < 1e-3 * squareB ? 0 : (SpeechPicture.Dot(a, b) - sumA * sumB / a.Length) / Math.Sqrt(varianceA * varianceB);
    }
}
