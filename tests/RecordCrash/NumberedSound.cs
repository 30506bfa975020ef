using System.Globalization;
using Telephony.Audio;
using VoiceAgent.Audio;

namespace RecordCrash;

/// <summary>The sound of a call whose every frame says its number, in each of its samples: the caller's as it is, the agent's negative; each is written to the world before it is heard.</summary>
internal sealed class NumberedSound : IPcmSink, IPcmSource
{
    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(20);

    private readonly short[] _frame = new short[SoundTap.RateHz / 50];
    private readonly IPcmSink _heard;
    private readonly IPcmSource _sent;
    private readonly string _call;
    private readonly World _world;
    private readonly DateTime _began = DateTime.UtcNow;
    private short _last;

    public NumberedSound(string call, World world)
    {
        (_call, _world) = (call, world);
        (_heard, _sent) = (Tap.Heard(this), Tap.Sent(this));
    }

    public SoundTap Tap { get; } = new(TimeProvider.System);

    public int SampleRateHz => SoundTap.RateHz;

    /// <summary>One frame after the other, each at its time; those that the machine was late for are left out.</summary>
    public async Task SpeakAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await Task.Delay(10, CancellationToken.None);
            var number = (short)((DateTime.UtcNow - _began) / FrameTime);
            if (number > _last)
                Speak(_last = number);
        }
    }

    void IPcmSink.Write(ReadOnlySpan<short> pcm)
    {
    }

    int IPcmSource.Read(Span<short> frame)
    {
        frame.Fill((short)-_last);
        return frame.Length;
    }

    private void Speak(short number)
    {
        _world.Add(string.Create(CultureInfo.InvariantCulture, $"sound {_call} {number}"));
        _sent.Read(_frame);
        _frame.AsSpan().Fill(number);
        _heard.Write(_frame);
    }
}
