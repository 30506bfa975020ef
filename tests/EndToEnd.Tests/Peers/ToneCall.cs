using Simulation.Live;
using Support;
using Telephony.Audio;

namespace EndToEnd.Tests.Peers;

/// <summary>Levels of a call's tones, in dB against what was played: 0 is what it should be.</summary>
/// <param name="InDb">From the phone to the model.</param>
/// <param name="OutDb">From the model to the phone.</param>
internal readonly record struct ToneLevels(double InDb, double OutDb)
{
    /// <summary>Both within half a dB.</summary>
    public bool AreRight => Math.Abs(InDb) <= 0.5 && Math.Abs(OutDb) <= 0.5;

    public override string ToString() => $"{Text(InDb)} / {Text(OutDb)}";

    // Rounded first, or a thousandth below zero would be written with two signs.
    private static string Text(double db) => $"{Math.Round(db, 2) + 0.0:+0.00;-0.00;0.00}";
}

/// <summary>One call of a softphone that is greeted with a tone by the model, and then plays one to it: 1004 Hz at -10 dBm0, as telephone lines are measured.</summary>
internal static class ToneCall
{
    public const double FrequencyHz = 1004;
    public const double Amplitude = 7218;   // -10 dBm0: a sine of full scale has 3.14 dBm0
    private const int ModelRateHz = 24_000;
    private const int PhoneRateHz = 48_000;
    private const int UplinkRateHz = 16_000;
    private const int HeardRateHz = 8_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(40);

    /// <summary>What the phone says: the tone for 1.2 s, after 3 s in which the call comes up and the model speaks.</summary>
    public static short[] Speech { get; } = [.. new short[PhoneRateHz * 3], .. Tone.Sine(PhoneRateHz, FrequencyHz, PhoneRateHz * 6 / 5, Amplitude)];

    /// <summary>Makes the call and hangs up.</summary>
    /// <param name="live">The model's server, which has had <paramref name="sessions"/> sessions so far and answers nobody by itself.</param>
    /// <param name="sessions">Sessions before this one.</param>
    /// <param name="phone">Says <see cref="Speech"/>.</param>
    /// <param name="uri">Whom it calls.</param>
    public static async Task<ToneLevels> MakeAsync(SimulatedLive live, int sessions, Baresip phone, string uri)
    {
        Assert.True(await phone.CallAsync(uri, Soon), phone.Log);
        return await MeasureAsync(live, sessions, phone);
    }

    /// <summary>Has both sides of a call that stands, or that the agent is making, play their tone, and has the phone hang up.</summary>
    public static async Task<ToneLevels> MeasureAsync(SimulatedLive live, int sessions, Baresip phone)
    {
        var session = await live.WaitForSessionAsync(sessions + 1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync(Tone.Sine(ModelRateHz, FrequencyHz, ModelRateHz * 6 / 5, Amplitude));
        await session.WaitForAsync(SessionEventKind.SpeechEnded, Soon);
        Assert.True(await phone.Control.CommandAsync("hangup"));
        Assert.NotNull(await phone.Control.WaitForAsync("CALL_CLOSED", Soon));
        return new(LevelDb(session.CallerAudio, UplinkRateHz), LevelDb(phone.Heard(), HeardRateHz));
    }

    /// <summary>Level of the tone in dB against what was played, by the median of the tenths of a second that are loud, so that a break by a busy machine does
    /// not count; negative infinity where there is none.</summary>
    public static double LevelDb(short[] pcm, int rateHz)
    {
        var window = rateHz / 10;
        var loud = Enumerable.Range(0, pcm.Length / window).Select(i => pcm.AsSpan(i * window, window).ToArray())
            .Where(part => PcmLevel.RmsDbov(part) > -30).Select(part => Tone.Amplitude(part, rateHz, FrequencyHz)).Order().ToArray();
        return loud.Length < 5 ? double.NegativeInfinity : 20 * Math.Log10(loud[loud.Length / 2] / Amplitude);
    }
}
