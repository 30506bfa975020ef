using GeminiLive;
using Simulation.Prompts;
using VoiceAgent.Agents;
using VoiceAgent.Tests.TurnTaking;
using VoiceAgent.Tests.VirtualCalls;

namespace Benchmarks.Sound;

/// <summary>Whole calls of simulated phone and server on virtual time, for <see cref="ListeningSamples"/>: what the caller says, 16 kHz, and what they hear, 24 kHz.</summary>
internal static class SampleCalls
{
    private const int CallerFrame = CallerSounds.RateHz / 50;

    private static readonly short[] Booking = CallerWords.Load(PromptLibrary.Get("caller-booking"), -20);

    /// <summary>The caller speaks into the agent's story and gets an answer.</summary>
    public static Task<(short[] Caller, short[] Agent)> BargeInAsync() => RunAsync(serviceOnsetMs: 200, call =>
    {
        call.Do(call.Session.SayAsync("story"));
        call.Run(2_500);
        var caller = Say(call, Booking);
        call.Run(Booking.Length / 16 + 700);
        call.Do(call.Session.SayAsync("booked"));
        call.Run(3_000);
        return caller;
    });

    /// <summary>One word of the caller that the service takes for none: the agent pauses and goes on.</summary>
    public static Task<(short[] Caller, short[] Agent)> ResumeAsync() => RunAsync(serviceOnsetMs: 500, call =>
    {
        call.Do(call.Session.SayAsync("story"));
        call.Run(2_500);
        var caller = Say(call, Booking[..CallerSounds.Samples(240)]);
        call.Run(4_500);
        return caller;
    });

    /// <summary>The connection to the service breaks in mid-sentence; the caller asks, and the next connection answers.</summary>
    public static Task<(short[] Caller, short[] Agent)> ReconnectAsync() => RunAsync(serviceOnsetMs: 200, call =>
    {
        call.Do(call.Session.SayAsync("greeting"));
        call.Run(1_500);
        call.Do(call.Session.AbortAsync());
        call.RunUntil(() => call.Live.Sessions.Count == 2, 5_000);
        call.Run(2_500);
        var caller = Say(call, Booking);
        call.Run(Booking.Length / 16 + 700);
        call.Do(call.Session.SayAsync("booked"));
        call.Run(3_000);
        return caller;
    });

    private static async Task<(short[] Caller, short[] Agent)> RunAsync(int serviceOnsetMs, Func<VirtualCall, (int Frame, short[] Words)> play)
    {
        await using var call = new VirtualCall(
            agent: new AgentProfile { Greeting = "", ActivityDetection = new ActivityDetectionSettings { PrefixPaddingMs = serviceOnsetMs } },
            liveOptions: new LiveOptions { SignTimeout = TimeSpan.FromSeconds(30) });
        call.Start();
        var (frame, words) = play(call);
        short[] heard = [.. call.Line.Heard];
        var caller = new short[call.Line.Audible.Count * CallerFrame];
        words.AsSpan(0, Math.Min(words.Length, caller.Length - frame * CallerFrame)).CopyTo(caller.AsSpan(frame * CallerFrame));
        return (caller, heard);
    }

    private static (int Frame, short[] Words) Say(VirtualCall call, short[] words)
    {
        var frame = call.Line.Audible.Count;
        call.Line.Say(words);
        return (frame, words);
    }
}
