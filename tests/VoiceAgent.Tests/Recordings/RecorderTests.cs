using Support;
using VoiceAgent.Agents;
using VoiceAgent.Recordings;

namespace VoiceAgent.Tests.Recordings;

/// <summary>The recorder beside the calls: a disk that is full costs no call and is told, old recordings go with their keys, and nothing begins without a key.</summary>
public sealed class RecorderTests : IDisposable
{
    private readonly RecordingRig _rig = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task What_is_recorded_is_on_the_disk_when_the_service_has_stopped()
    {
        var recorder = _rig.Recorder();
        await recorder.StartAsync(Cancellation);
        var talk = _rig.Talk();
        var key = _rig.CallKey();
        var recording = recorder.Start(key, talk.Sound);
        talk.Run(3_000, 400, 700, recording.CollectNow);
        Assert.Equal(1, recorder.Health.Running);
        recording.End();
        await recorder.StopAsync(Cancellation);
        await recorder.DisposeAsync();
        Assert.Equal((0, 0L, null), (recorder.Health.Running, recorder.WaitingBytes, recorder.Health.Problem));
        using var reader = _rig.Open(_rig.Files.PathOf(key), key);
        Assert.True(reader.IsComplete);
        Assert.InRange(reader.Frames, 2.9 * RecordingRig.Rate, 3.1 * RecordingRig.Rate);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_disk_that_takes_nothing_costs_no_call_and_is_told_once_a_minute(bool isFull)
    {
        var folder = Path.Combine(_rig.Folder, "sound");
        if (!isFull)
            await File.WriteAllTextAsync(folder, "in the way", Cancellation);
        var log = new LogLines<Recorder>();
        var began = _rig.Time.GetUtcNow();
        await using var recorder = _rig.Recorder(folder: folder, minFreeMb: isFull ? 1_000_000_000 : 0, log: log);
        await recorder.StartAsync(Cancellation);
        var talk = _rig.Talk();
        var recording = recorder.Start(_rig.CallKey(), talk.Sound);
        talk.Run(10_000, 400, 700, recording.CollectNow);
        await Until(() => recorder.Health.Problem is not null && log.Lines.Count > 0);
        talk.Run(10_000, 400, 700, recording.CollectNow);
        Assert.Contains(isFull ? "Recordings:MinFreeMb" : "sound", recorder.Health.Problem, StringComparison.Ordinal);
        var passed = _rig.Time.GetUtcNow() - began;   // of which eight seconds wait
        Assert.InRange(recorder.Health.LostSeconds, passed.TotalSeconds - 10, passed.TotalSeconds - 6);
        recording.End();
        Assert.InRange(log.Lines.Count(line => line.Contains("cannot be written", StringComparison.Ordinal)), 1, 1 + (int)passed.TotalMinutes);
        if (isFull)
            return;
        File.Delete(folder);
        await Until(() => recorder.Health.Problem is null && recorder.WaitingBytes == 0);
        Assert.Single(Directory.EnumerateFiles(folder, "*.rec", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Old_recordings_are_deleted_with_their_keys_and_others_stay()
    {
        var old = _rig.Record(_rig.CallKey("old1"), (400, 700));
        _rig.Time.Advance(TimeSpan.FromDays(20));
        var young = _rig.Record(_rig.CallKey("young1"), (400, 700));
        _rig.Time.Advance(TimeSpan.FromDays(11));
        await using var held = new FileStream(old, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);   // as a backup that was begun before
        await using var recorder = _rig.Recorder();
        await recorder.StartAsync(Cancellation);
        await Until(() => !File.Exists(old));
        Assert.True(File.Exists(young));
        Assert.False(Directory.Exists(Path.GetDirectoryName(old)));
        var header = new byte[RecordingHeader.Bytes];
        held.ReadExactly(header);
        Assert.All(header, value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task A_full_disk_is_made_room_on_by_what_is_too_old()
    {
        var old = _rig.Record(_rig.CallKey("old1"), (400, 700));
        _rig.Time.Advance(TimeSpan.FromDays(31));
        await using var recorder = _rig.Recorder(minFreeMb: 1_000_000_000);
        recorder.Start(_rig.CallKey(), _rig.Talk().Sound);
        await recorder.StartAsync(Cancellation);
        await Until(() => recorder.Health.Problem is not null);
        Assert.False(File.Exists(old));
    }

    [Fact]
    public async Task A_disk_that_stays_full_when_calls_are_over_is_not_told_to_be_well_and_what_it_did_not_take_is_lost()
    {
        var log = new LogLines<Recorder>();
        await using var recorder = _rig.Recorder(minFreeMb: 1_000_000_000, log: log);
        await recorder.StartAsync(Cancellation);
        var talk = _rig.Talk();
        var recording = recorder.Start(_rig.CallKey(), talk.Sound);
        talk.Run(3_000, 400, 700, recording.CollectNow);
        recording.End();
        var ended = _rig.Time.GetUtcNow();
        await Until(() => log.Lines.Any(line => line.Contains("could not be written", StringComparison.Ordinal)), TimeSpan.FromSeconds(1));
        Assert.True(_rig.Time.GetUtcNow() - ended >= TimeSpan.FromMinutes(5));
        await Until(() => recorder.WaitingBytes == 0);
        Assert.InRange(recorder.Health.LostSeconds, 2.9, 3.1);
        for (var i = 0; i < 20; i++)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, Cancellation);
        }
        Assert.NotNull(recorder.Health.Problem);
        Assert.DoesNotContain(log.Lines, line => line.Contains("written again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_recording_that_cannot_be_written_keeps_no_other_from_the_disk()
    {
        await using var recorder = _rig.Recorder();
        await recorder.StartAsync(Cancellation);
        var keys = Enumerable.Range(0, 6).Select(i => _rig.CallKey($"call{i}")).ToList();
        foreach (var key in keys.Take(3))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_rig.Files.PathOf(key))!);
            await File.WriteAllTextAsync(_rig.Files.PathOf(key), "in the way", Cancellation);
        }
        var recordings = keys.ConvertAll(key => recorder.Start(key, _rig.Talk().Sound));
        recordings.ForEach(recording => recording.End());
        await Until(() => recorder.Health.Problem is not null && keys.Skip(3).All(IsWhole));
        Assert.Contains("call", recorder.Health.Problem, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_rig.Files.PathOf(keys[4])));
    }

    [Fact]
    public void Without_a_key_nothing_is_recorded_and_the_start_says_what_to_do()
    {
        var agents = new AgentOptions { Profiles = { ["sales"] = new AgentProfile { Recording = new AgentRecordingOptions { Enabled = true } } } };
        var fault = Assert.Single(new AgentRecordingValidator(hasKey: false).Validate(null, agents).Failures!);
        Assert.Contains("Recordings:Key is empty, while Agents:Profiles:sales:Recording:Enabled = true", fault, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 32", fault, StringComparison.Ordinal);
        Assert.True(new AgentRecordingValidator(hasKey: true).Validate(null, agents).Succeeded);
        Assert.False(_rig.Options("c2hvcnQ=").Validate(new(new object())).ToList() is []);
        Assert.False(_rig.Options(null, "no key").Validate(new(new object())).ToList() is []);
        Assert.Empty(_rig.Options().Validate(new(new object())));
    }

    [Theory]
    [InlineData("*9", "*8", true)]
    [InlineData("", "", true)]
    [InlineData("*9", "*9", false)]
    [InlineData("9", "*9", false)]
    [InlineData("*9", "9", false)]
    [InlineData("pause", "", false)]
    [InlineData("123456789", "", false)]
    public void Keys_that_could_not_be_told_apart_are_refused(string pause, string resume, bool isFine)
    {
        var agents = new AgentOptions { Profiles = { ["sales"] = new AgentProfile { Recording = new AgentRecordingOptions { PauseKeys = pause, ResumeKeys = resume } } } };
        Assert.Equal(isFine, new AgentRecordingValidator(hasKey: true).Validate(null, agents).Succeeded);
    }

    private bool IsWhole(string key)
    {
        using var reader = RecordingReader.Open(_rig.Files.PathOf(key), key, _rig.Keys, out _);
        return reader is { IsComplete: true };
    }

    // The recorder's loops sleep on the test's clock.
    private async Task Until(Func<bool> isSo, TimeSpan? step = null)
    {
        for (var i = 0; !isSo(); i++)
        {
            Assert.True(i < 6_000, $"Not in time: {_rig.Time.GetUtcNow()}");
            _rig.Time.Advance(step ?? TimeSpan.FromMilliseconds(20));
            await Task.Delay(5, Cancellation);
        }
    }
}
