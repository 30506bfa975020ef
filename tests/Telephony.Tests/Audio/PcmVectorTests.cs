using Telephony.Audio;

namespace Telephony.Tests.Audio;

public class PcmVectorTests
{
    [Theory]
    [InlineData(0), InlineData(1), InlineData(7), InlineData(8), InlineData(16), InlineData(24), InlineData(145)]
    public void Vector_dot_product_agrees_with_the_scalar_one(int length)
    {
        var random = new Random(length);
        var (a, b) = (new float[length], new float[length]);
        for (var i = 0; i < length; i++)
            (a[i], b[i]) = (random.NextSingle() - 0.5f, random.Next(-32_768, 32_768));
        Assert.Equal(PcmVector.DotScalar(a, b), PcmVector.Dot(a, b), tolerance: 0.05f);
    }

    [Fact]
    public void Floats_are_rounded_to_nearest_and_saturated_in_vector_and_tail()
    {
        float[] values = [0.4f, 0.6f, -0.6f, 1e9f, -1e9f, 32_767.4f, -32_768.4f, 40_000, -40_000];
        short[] expected = [0, 1, -1, 32_767, -32_768, 32_767, -32_768, 32_767, -32_768];
        var input = Enumerable.Repeat(values, 4).SelectMany(v => v).ToArray();
        var pcm = new short[input.Length];
        PcmVector.ToPcm(input, pcm);
        Assert.Equal(Enumerable.Repeat(expected, 4).SelectMany(v => v), pcm);
    }

    [Fact]
    public void Samples_keep_their_value_as_floats()
    {
        short[] pcm = [.. Enumerable.Range(-20, 41).Select(i => (short)(i * 1600))];
        var floats = new float[pcm.Length];
        PcmVector.ToSingle(pcm, floats);
        Assert.Equal(pcm.Select(s => (float)s), floats);
    }
}
