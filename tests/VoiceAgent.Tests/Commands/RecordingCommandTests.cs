using System.Text.Json;
using Storage;
using VoiceAgent.Calls;
using VoiceAgent.Commands;
using VoiceAgent.Recordings;
using VoiceAgent.Records;
using VoiceAgent.Tests.Recordings;
using VoiceAgent.Tests.Records;

namespace VoiceAgent.Tests.Commands;

/// <summary><c>voiceagent calls recording</c> and <c>voiceagent recordings rekey</c>: what an operator has of recordings without the console.</summary>
public sealed class RecordingCommandTests : IDisposable
{
    private readonly RecordingRig _recordings = new();

    public void Dispose() => _recordings.Dispose();

    [Fact]
    public async Task A_recording_is_written_as_a_wav_file_and_not_when_it_was_changed()
    {
        await using var rig = await CommandRig.StartAsync("{}", recordings: Section(_recordings.Key));
        await using var calls = new StoredCalls(new DatabaseOptions { ConnectionString = $"Data Source={rig.DatabaseFile}" });
        await calls.StartAsync();
        var call = calls.Call();
        var path = _recordings.Record(RecordCursor.KeyOf(call), (400, 700), (0, 700));
        using (var reader = _recordings.Open(path, RecordCursor.KeyOf(call)))
            call.Recording = new RecordingEntry(0, 2, 0, reader.Blocks, []);
        calls.End(call, EndReason.CallerHungUp);
        await calls.WrittenAsync(call);

        var wav = Path.Combine(_recordings.Folder, "out.wav");
        Assert.Equal(0, await rig.RunAsync(CallsCommand.Create(), "recording", call.CallId, "--out", wav));
        Assert.Contains("2.0 s", rig.Output, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(wav).Length, 1.95 * 64_000, 2.05 * 64_000);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(wav));
        Assert.Equal(1, await rig.RunAsync(CallsCommand.Create(), "recording", call.CallId, "--out", wav));
        Assert.Contains("is there already", rig.Output, StringComparison.Ordinal);
        File.Delete(wav);

        var whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(path, whole[..^40_000], TestContext.Current.CancellationToken);
        Assert.Equal(1, await rig.RunAsync(CallsCommand.Create(), "recording", call.CallId, "--out", wav));
        Assert.Contains("Its end is missing", rig.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(wav));
        Assert.Equal(0, await rig.RunAsync(CallsCommand.Create(), "recording", call.CallId, "--out", wav, "--cut"));
        File.Delete(wav);
        whole[40_000] ^= 1;
        await File.WriteAllBytesAsync(path, whole, TestContext.Current.CancellationToken);
        Assert.Equal(1, await rig.RunAsync(CallsCommand.Create(), "recording", call.CallId, "--out", wav, "--cut"));
        Assert.Contains("tampered", rig.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(wav));
        File.Delete(path);
        Assert.Equal(1, await rig.RunAsync(CallsCommand.Create(), "recording", call.CallId, "--out", wav));
        Assert.Contains("not on this machine", rig.Output, StringComparison.Ordinal);
        Assert.Equal(1, await rig.RunAsync(CallsCommand.Create(), "recording", "nobody1", "--out", wav));
    }

    [Fact]
    public async Task Rekey_puts_all_under_the_new_key_and_names_what_it_cannot_open()
    {
        var key = _recordings.CallKey();
        var path = _recordings.Record(key, (400, 700));
        var next = RecordingRig.NewKey();
        await using (var lost = await CommandRig.StartAsync("{}", recordings: Section(next)))
        {
            Assert.Equal(1, await lost.RunAsync(RecordingsCommand.Create(), "rekey"));
            Assert.Contains(path, lost.Output, StringComparison.Ordinal);
        }
        await using var rig = await CommandRig.StartAsync("{}", recordings: Section(next, _recordings.Key));
        Assert.Equal(0, await rig.RunAsync(RecordingsCommand.Create(), "rekey"));
        Assert.StartsWith("1 recordings are under the present key now, 0 were before.", rig.Output, StringComparison.Ordinal);
        _recordings.Open(path, key, new RecordingKeys(_recordings.Options(next))).Dispose();
        await using var none = await CommandRig.StartAsync("{}");
        Assert.Equal(RunCommand.BadConfiguration, await none.RunAsync(RecordingsCommand.Create(), "rekey"));
    }

    [Fact]
    public async Task An_agent_that_records_without_a_key_keeps_the_service_from_starting()
    {
        await using var rig = await CommandRig.StartAsync("{}", agents: """{ "reception": { "Recording": { "Enabled": true } } }""");
        Assert.Equal(RunCommand.BadConfiguration, await rig.RunAsync(RecordingsCommand.Create(), "rekey"));
        Assert.Contains("Recordings:Key is empty, while Agents:Profiles:reception:Recording:Enabled = true", rig.Output, StringComparison.Ordinal);
        await using var wrong = await CommandRig.StartAsync("{}", recordings: """{ "Key": "too short" }""");
        Assert.Equal(RunCommand.BadConfiguration, await wrong.RunAsync(RecordingsCommand.Create(), "rekey"));
        Assert.Contains("Recordings:Key", wrong.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("too short", wrong.Output, StringComparison.Ordinal);
    }

    private string Section(string key, params string[] oldKeys) =>
        JsonSerializer.Serialize(new { _recordings.Folder, Key = key, OldKeys = oldKeys, MinFreeMb = 0 });
}
