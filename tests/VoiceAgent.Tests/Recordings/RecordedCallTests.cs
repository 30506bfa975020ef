using Support;
using VoiceAgent.Agents;
using VoiceAgent.Records;
using VoiceAgent.Recordings;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.Recordings;

/// <summary>Goal A33 and recording: whole calls with and without it, paused by key and by tool, after the announcement and not before.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class RecordedCallTests : IDisposable
{
    private const int CallerHz = 300;
    private const int AgentHz = 500;
    private const double Loud = 3_000;
    private const double Quiet = 60;   // the room, and the bands of a burst's edge

    private readonly RecordingRig _rig = new();
    private Recorder? _recorder;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Both_are_heard_at_their_times_from_the_end_of_the_announcement_on()
    {
        var call = Call(new AgentRecordingOptions { Enabled = true, Announcement = "We record this." });
        call.Start();
        Assert.Contains(call.Session.Messages, message => message.Json.Contains("We record this.", StringComparison.Ordinal));
        Say(call, 1_000);
        call.CallerSays(500);   // not recorded yet: the agent's turn is still told
        Assert.NotNull(call.Record.Recording);
        call.Run(1_000);
        var callerAt = call.NowMs;
        call.CallerSays(1_000);
        call.Run(1_000);
        var agentAt = Say(call, 1_000);
        call.Run(500);
        var entry = await EndAsync(call);

        var (caller, agent) = _rig.Read(_rig.Files.PathOf(KeyOf(call)), KeyOf(call));
        Assert.Equal(caller.Length / (double)RecordingRig.Rate, entry.Seconds, 0.01);
        Assert.Equal(0, entry.LostSeconds);
        var spoken = (callerAt - entry.BeganAtMs) / 1_000;
        Assert.True(RecordingRig.Tone(caller, spoken + 0.02, spoken + 0.98, CallerHz) > Loud, call.Story);
        Assert.InRange(RecordingRig.Tone(caller, spoken - 0.5, spoken - 0.02, CallerHz), 0, Quiet);
        Assert.InRange(RecordingRig.Tone(caller, spoken + 1.02, spoken + 1.5, CallerHz), 0, Quiet);
        var answered = (agentAt - entry.BeganAtMs) / 1_000;
        Assert.True(RecordingRig.Tone(agent, answered + 0.05, answered + 0.95, AgentHz) > Loud, call.Story);
        Assert.InRange(RecordingRig.Tone(agent, answered - 0.9, answered - 0.05, AgentHz), 0, Quiet);
        Assert.InRange(RecordingRig.Tone(caller, answered + 0.05, answered + 0.95, AgentHz), 0, Quiet);
        Assert.Contains("recording begins", call.Story, StringComparison.Ordinal);
        Assert.Contains("\"recording\":", RecordParts.ToJson(call.Record), StringComparison.Ordinal);
        await call.DisposeAsync();
    }

    [Fact]
    public async Task Keys_of_the_caller_pause_it_and_let_it_go_on()
    {
        await using var call = Call(new AgentRecordingOptions { Enabled = true, Start = RecordingStart.WithCall, PauseKeys = "*9", ResumeKeys = "*8" });
        call.Start();
        Press(call, "*9");
        call.CallerSays(1_000);
        Press(call, "12*8");
        var heardAt = call.NowMs;
        call.CallerSays(1_000);
        var entry = await EndAsync(call);

        var (caller, _) = _rig.Read(_rig.Files.PathOf(KeyOf(call)), KeyOf(call));
        var pause = Assert.Single(entry.Pauses);
        Assert.Equal("the caller", pause.By);
        Assert.All(caller[(int)(pause.FromSeconds * RecordingRig.Rate + 200)..(int)(pause.ToSeconds! * RecordingRig.Rate - 200)], sample => Assert.Equal(0, sample));
        Assert.InRange(pause.ToSeconds!.Value - pause.FromSeconds, 1, 1.5);
        var heard = (heardAt - entry.BeganAtMs) / 1_000;
        Assert.True(RecordingRig.Tone(caller, heard + 0.02, heard + 0.9, CallerHz) > Loud, call.Story);
        Assert.Contains("recording paused by the caller", call.Story, StringComparison.Ordinal);
        Assert.Contains("recording goes on", call.Story, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_agent_pauses_it_by_tool()
    {
        await using var call = Call(new AgentRecordingOptions { Enabled = true, Start = RecordingStart.WithCall });
        call.Start();
        Assert.True(call.Control.IsRecorded);
        var paused = call.Control.RecordAsync(isPause: true, default);
        call.Run(100);
        Assert.Contains("paused", $"{(await paused).Value}", StringComparison.Ordinal);
        call.CallerSays(1_000);
        var resumed = call.Control.RecordAsync(isPause: false, default);
        call.Run(100);
        Assert.Contains("goes on", $"{(await resumed).Value}", StringComparison.Ordinal);
        var again = call.Control.RecordAsync(isPause: false, default);
        call.Run(100);
        Assert.NotNull((await again).Error);
        var entry = await EndAsync(call);
        var (caller, _) = _rig.Read(_rig.Files.PathOf(KeyOf(call)), KeyOf(call));
        Assert.InRange(RecordingRig.Tone(caller, 0, caller.Length / (double)RecordingRig.Rate, CallerHz), 0, Quiet);
        Assert.Equal("the agent", Assert.Single(entry.Pauses).By);
    }

    [Fact]
    public async Task What_the_caller_paused_the_agent_does_not_let_go_on()
    {
        await using var call = Call(new AgentRecordingOptions { Enabled = true, Start = RecordingStart.WithCall, PauseKeys = "*9", ResumeKeys = "*8" });
        call.Start();
        Press(call, "*9");
        var paused = call.Control.RecordAsync(isPause: true, default);
        call.Run(100);
        Assert.NotNull((await paused).Error);
        var resumed = call.Control.RecordAsync(isPause: false, default);
        call.Run(100);
        Assert.Contains("The caller has paused", (await resumed).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("recording goes on", call.Story, StringComparison.Ordinal);
        Press(call, "*8");
        Assert.Contains("recording goes on", call.Story, StringComparison.Ordinal);
        Assert.Equal("the caller", Assert.Single((await EndAsync(call)).Pauses).By);
    }

    [Fact]
    public async Task What_the_agent_said_before_a_hand_over_is_no_announcement_for_the_new_party()
    {
        await using var call = Call(new AgentRecordingOptions { Enabled = true, Announcement = "We record this." });
        call.Start();
        Say(call, 1_000);
        call.Do(call.Session.SayAsync(Tone.Sine(24_000, AgentHz, 24_000, 6_000), "Well."));
        call.RunUntil(() => call.Line.Audible[^1], 1_000);
        call.Line.HandOver(VirtualLine.Somebody with { CallerNumber = "+4930999" });
        call.Run(2_000);
        Assert.Equal(2, call.Session.Messages.Count(message => message.Json.Contains("We record this.", StringComparison.Ordinal)));   // the former's end asks for none
        Assert.DoesNotContain("recording goes on", call.Story, StringComparison.Ordinal);
        Say(call, 1_000);
        Assert.Contains("recording goes on", call.Story, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_announcement_that_the_caller_cut_off_is_said_again_before_anything_is_recorded()
    {
        await using var call = Call(new AgentRecordingOptions { Enabled = true, Announcement = "We record this." });
        call.Start();
        call.Do(call.Session.SayAsync(Tone.Sine(24_000, AgentHz, 48_000, 6_000), "We rec"));
        call.RunUntil(() => call.Line.Audible[^1], 1_000);
        call.Do(call.Session.InterruptAsync());
        call.Run(500);
        Assert.Null(call.Record.Recording);
        Assert.Equal(2, call.Session.Messages.Count(message => message.Json.Contains("We record this.", StringComparison.Ordinal)));
        Say(call, 1_000);
        call.Run(500);
        Assert.NotNull(call.Record.Recording);
    }

    [Fact]
    public async Task Who_does_not_want_it_before_it_begins_is_not_recorded()
    {
        await using var call = Call(new AgentRecordingOptions { Enabled = true, PauseKeys = "*9" });
        call.Start();
        Press(call, "*9");
        call.Run(1_500);   // the model is told of the keys
        Say(call, 1_000);
        call.CallerSays(1_000);
        Assert.True(call.Record.Recording is not null, call.Story);
        await EndAsync(call);
        Assert.All(_rig.Read(_rig.Files.PathOf(KeyOf(call)), KeyOf(call)).Caller, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public async Task Another_party_on_the_line_is_told_first()
    {
        await using var call = Call(new AgentRecordingOptions { Enabled = true, Announcement = "We record this." });
        call.Start();
        Say(call, 1_000);
        call.Run(200);
        call.Line.HandOver(VirtualLine.Somebody with { CallerNumber = "+4930999" });
        call.Run(200);
        call.CallerSays(1_000);
        Assert.Equal(2, call.Session.Messages.Count(message => message.Json.Contains("We record this.", StringComparison.Ordinal)));
        Say(call, 1_000);
        call.Run(200);
        var entry = await EndAsync(call);
        Assert.Equal("another party on the line", Assert.Single(entry.Pauses).By);
        Assert.InRange(RecordingRig.Tone(_rig.Read(_rig.Files.PathOf(KeyOf(call)), KeyOf(call)).Caller, 0, entry.Seconds - 0.1, CallerHz), 0, Quiet);
    }

    [Fact]
    public async Task Without_it_there_is_no_file_and_no_word_of_it()
    {
        await using var call = Call(new AgentRecordingOptions());
        call.Start();
        Assert.False(call.Control.IsRecorded);
        Say(call, 500);
        call.Line.HangUp();
        call.Run(500);
        await _recorder!.StopAsync(default);
        Assert.Null(call.Record.Recording);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_rig.Folder));
        Assert.DoesNotContain(call.Session.Messages, message => message.Json.Contains("recorded", StringComparison.Ordinal));
    }

    private static string KeyOf(VirtualCall call) => RecordCursor.KeyOf(call.Record);

    private VirtualCall Call(AgentRecordingOptions options) => new(
        agent: new AgentProfile { Greeting = "", Recording = options }, liveOptions: new GeminiLive.LiveOptions { SignTimeout = TimeSpan.FromSeconds(30) }, recorder: time =>
        {
            _recorder = _rig.Recorder(time);
            _recorder.StartAsync(default).GetAwaiter().GetResult();
            return _recorder;
        });

    /// <summary>The agent says something; when it was first heard, in ms.</summary>
    private static int Say(VirtualCall call, int ms)
    {
        call.Do(call.Session.SayAsync(Tone.Sine(24_000, AgentHz, 24 * ms, 6_000), "Well."));
        call.RunUntil(() => call.Line.Audible[^1], 1_000);
        var at = call.NowMs;
        call.Run(ms + 300);
        return at;
    }

    private static void Press(VirtualCall call, string keys)
    {
        foreach (var key in keys)
        {
            call.Line.Press(key);
            call.Run(60);
        }
    }

    private async Task<RecordingEntry> EndAsync(VirtualCall call)
    {
        call.Line.HangUp();
        call.Run(500);
        await _recorder!.StopAsync(default);
        return call.Record.Recording!;
    }
}
