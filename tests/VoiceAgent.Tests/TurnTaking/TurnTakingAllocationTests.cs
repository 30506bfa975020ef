using GeminiLive;
using Simulation.Prompts;
using Support;
using VoiceAgent.Audio;
using VoiceAgent.Calls;
using VoiceAgent.TurnTaking;

namespace VoiceAgent.Tests.TurnTaking;

/// <summary>What decides who has the word allocates nothing, frame by frame, whoever speaks.</summary>
public sealed class TurnTakingAllocationTests
{
    [Fact]
    public void Listening_for_a_caller_and_for_the_agents_echo_allocates_nothing()
    {
        var clock = new ManualTimeProvider();
        clock.Advance(TimeSpan.FromSeconds(1));
        var playout = new PlayoutBuffer(TimeSpan.FromMinutes(5));
        while (playout.WrittenSamples < 120 * PlayoutBuffer.RateHz)
            playout.Write(PromptLibrary.Get("story").Pcm.Span, PlayoutBuffer.RateHz, 1);
        var line = new LineAudio(playout, clock) { Pause = new BargeInPause(playout, TalkOver.Window, clock), Echo = new EchoGate() };
        var caller = new CallerAudio(new Uplink(20), new CallerSpeech(clock), line, gain: null);
        var words = CallerWords.Load(PromptLibrary.Get("caller-booking"), -20);
        var frame = new short[PlayoutBuffer.RateHz * TalkOver.FrameMs / 1_000];
        var at = 0;
        var pauses = 0;

        Round();   // to warm up
        Assert.Equal(0, Enumerable.Range(0, Allocations.Rounds).Min(_ => Round()));
        Assert.True(pauses > 0);   // the caller was heard

        // The clock of tests allocates: it is advanced outside of what is measured.
        long Round()
        {
            long bytes = 0;
            for (var i = 0; i < 500; i++)
            {
                clock.Advance(TimeSpan.FromMilliseconds(TalkOver.FrameMs));
                var before = GC.GetAllocatedBytesForCurrentThread();
                caller.Write(words.AsSpan(at, 320));
                line.Read(frame);
                bytes += GC.GetAllocatedBytesForCurrentThread() - before;
                at = at + 640 > words.Length ? 0 : at + 320;
                pauses += line.Pause.IsPaused ? 1 : 0;
            }
            return bytes;
        }
    }
}
