using GeminiLive;
using Simulation.Live;
using Simulation.Prompts;
using VoiceAgent.Agents;
using VoiceAgent.Tests.TurnTaking;
using VoiceAgent.TurnTaking;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>Goals B10 and B11 in whole calls: the agent falls silent at once, and what was heard is told right whether the service confirms or not.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class BargeInCallTests
{
    // The service is slow to believe that somebody speaks, so that the pause can be told from its "interrupted".
    private const int ServiceOnsetMs = 500;

    private static readonly short[] Story = PromptLibrary.Get("story").Pcm.ToArray();
    private static readonly short[] Booking = CallerWords.Load(PromptLibrary.Get("caller-booking"), -20);

    [Fact]
    public async Task Service_that_confirms_cuts_what_the_caller_did_not_hear()
    {
        await using var call = NewCall(serviceOnsetMs: 5_000);
        var frame = Begin(call);
        call.CallerSays(Booking, 240);
        Assert.Equal(0, call.Record.Interruptions);
        Assert.All(call.Line.Audible.TakeLast(4), Assert.False);

        call.Do(call.Session.InterruptAsync());
        call.Run(100);
        call.Line.HangUp();
        call.Run(100);
        var turn = Assert.Single(call.Record.Transcript, turn => turn.Speaker == "agent");
        var wire = call.Line.Heard.Skip(frame * 480).ToList();
        var wireMs = (wire.FindLastIndex(sample => sample != 0) - wire.FindIndex(sample => sample != 0)) / 24;
        Assert.InRange(turn.AudioPlayedMs!.Value - wireMs, -20, 20);
        Assert.True(turn.Interrupted);
        Assert.Equal(1, call.Record.Interruptions);
    }

    [Fact]
    public async Task Word_that_nobody_confirms_leaves_the_turn_whole_and_nothing_speaks_into_the_pause()
    {
        await using var call = NewCall();
        var frame = Begin(call);
        call.Line.Say(Booking[..CallerSounds.Samples(240)]);
        call.Run(25_000);
        call.Line.HangUp();
        call.Run(100);
        var turn = Assert.Single(call.Record.Transcript, turn => turn.Speaker == "agent");
        Assert.Equal((false, turn.AudioReceivedMs), (turn.Interrupted, turn.AudioPlayedMs));
        Assert.Equal(0, call.Record.Interruptions);
        Assert.InRange(call.LongestSilenceMs(frame, frame + 150), 700, 1_200);   // the pause, and the story's own at its edges
        Assert.Empty(call.Record.Silences);
    }

    [Fact]
    public async Task Caller_who_talks_into_the_rest_of_a_turn_that_the_service_has_closed_has_the_word()
    {
        await using var call = NewCall(serviceOnsetMs: 5_000);
        Begin(call);
        call.Run(2_000);   // all of it has come
        call.Do(call.Session.SendRawAsync("""{"serverContent":{"turnComplete":true}}"""u8.ToArray()));
        call.CallerSays(Booking, 1_500);
        Assert.Equal(1, call.Record.Interruptions);
        Assert.All(call.Line.Audible.TakeLast(30), Assert.False);
    }

    [Fact]
    public async Task Agent_of_the_service_alone_speaks_on_until_it_says_so()
    {
        await using var call = NewCall(BargeInMode.Server);
        var frame = Begin(call);
        call.CallerSays(Booking, 400);
        Assert.InRange(call.LongestSilenceMs(frame), 0, 360);   // the story's own pauses
    }

    [Fact]
    public async Task Agent_that_decides_here_has_the_service_detect_nothing_and_marks_the_turn()
    {
        await using var call = NewCall(BargeInMode.LocalOnly, serviceOnsetMs: 200);
        Begin(call);
        call.CallerSays(Booking, 600);
        call.Run(200);
        Assert.Equal(1, call.Record.Interruptions);
        Assert.All(call.Line.Audible.TakeLast(20), Assert.False);
    }

    [Fact]
    public async Task Cough_is_no_turn_where_turns_are_marked_here_and_the_service_that_says_nothing_to_it_is_not_frozen()
    {
        await using var call = new VirtualCall(
            agent: new AgentProfile { Greeting = "", BargeIn = BargeInMode.LocalOnly }, liveOptions: new LiveOptions { SignTimeout = TimeSpan.FromSeconds(1) });
        call.Start();
        call.CallerSays([.. new CallerSounds(0).Cough(), .. new CallerSounds(1).Cough()], 1_400);
        call.Run(2_500);
        Assert.Single(call.Live.Sessions);
        Assert.DoesNotContain(call.Session.Messages, message => message.Json.Contains("activityStart", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Caller_who_speaks_into_a_pause_between_two_sentences_does_not_hear_the_next_one()
    {
        await using var call = NewCall(serviceOnsetMs: 5_000);
        call.Start();
        call.Do(call.Session.SayAsync((short[])[.. Story[..24_000], .. new short[48_000], .. Story[..72_000]], "two sentences"));
        call.RunUntil(() => call.Line.Audible.TakeLast(50).All(audible => !audible) && call.Line.Audible.Contains(true), 5_000);
        call.CallerSays(Booking, 1_000);
        call.Do(call.Session.InterruptAsync());
        call.Run(2_000);
        Assert.All(call.Line.Audible.TakeLast(150), Assert.False);
        Assert.InRange(Assert.Single(call.Record.Transcript, turn => turn.Speaker == "agent").AudioPlayedMs!.Value, 1_900, 2_400);
    }

    [Theory]
    [InlineData(1_000, 0)]
    [InlineData(0, 1)]
    public async Task Greeting_can_be_protected_for_its_first_second(int guardMs, int interruptions)
    {
        await using var call = new VirtualCall(
            new SimulatedLiveOptions(), agent: new AgentProfile(), liveOptions: new LiveOptions { GreetingGuard = TimeSpan.FromMilliseconds(guardMs) });
        call.Line.Say([.. new CallerSounds(1).Room(300), .. CallerWords.All(-20)[0][..CallerSounds.Samples(400)]]);   // "hello?" into the greeting
        call.Start();
        call.Run(1_000);
        Assert.Equal(interruptions, call.Record.Interruptions);
        Assert.Equal(guardMs > 0, call.LongestSilenceMs(call.Line.Audible.IndexOf(true)) < 400);
    }

    private static VirtualCall NewCall(BargeInMode mode = BargeInMode.LocalPause, int serviceOnsetMs = ServiceOnsetMs) => new(agent: new AgentProfile
    {
        Greeting = "",
        BargeIn = mode,
        ActivityDetection = new ActivityDetectionSettings { PrefixPaddingMs = serviceOnsetMs },
    });

    // The story runs for a second and a half.
    private static int Begin(VirtualCall call)
    {
        call.Start();
        var frame = call.Line.Audible.Count;
        call.Do(call.Session.SayAsync(Story, "a long story"));
        call.RunUntil(() => call.Line.Audible.Skip(frame).Count(audible => audible) == 75, 6_000);
        return frame;
    }
}
