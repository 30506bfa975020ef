using Support;
using VoiceAgent.Recordings;

namespace VoiceAgent.Tests.Recordings;

/// <summary>What is recorded can be read with its key and not without; what was tampered with is refused; what a kill leaves is read.</summary>
public sealed class RecordingFileTests : IDisposable
{
    private static readonly (int, int)[] FourSeconds = [(400, 0), (0, 700), (400, 700), (400, 0)];

    private readonly RecordingRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void No_block_of_sound_is_allocated()
    {
        var talk = _rig.Talk();
        var key = _rig.CallKey();
        var recording = new CallRecording(key, talk.Sound, _rig.Keys, TimeSpan.FromHours(1), new RecordingBacklog(long.MaxValue));
        using var file = new RecordingFile(_rig.Files.PathOf(key));
        var allocated = 0L;
        var least = long.MaxValue;
        for (var round = 0; round < Allocations.Rounds + 1; round++)
        {
            allocated = 0;
            talk.Run(10_000, 400, 700, Work);
            least = round == 0 ? least : Math.Min(least, allocated);   // the first one warms up
        }
        Assert.InRange(least, 0, 4_000);   // 640,000 bytes of blocks; a cipher's call takes some bytes

        void Work()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            RecordingRig.Write(recording, file);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Caller_is_on_the_left_and_agent_on_the_right_at_their_times()
    {
        var key = _rig.CallKey();
        var path = _rig.Record(key, FourSeconds);
        var (caller, agent) = _rig.Read(path, key);
        Assert.InRange(caller.Length, 3.95 * RecordingRig.Rate, 4.05 * RecordingRig.Rate);
        Assert.InRange(RecordingRig.Tone(caller, 0.05, 0.95, 400), 7_500, 8_500);
        Assert.InRange(RecordingRig.Tone(caller, 1.05, 1.95, 400), 0, 10);
        Assert.InRange(RecordingRig.Tone(caller, 2.05, 3.95, 400), 7_500, 8_500);
        Assert.InRange(RecordingRig.Tone(agent, 0.05, 0.95, 700), 0, 10);
        Assert.InRange(RecordingRig.Tone(agent, 1.05, 2.95, 700), 7_500, 8_500);
        Assert.InRange(RecordingRig.Tone(agent, 3.05, 3.90, 700), 0, 10);
        using var reader = _rig.Open(path, key);
        Assert.True(reader.IsComplete);
        Assert.True(reader.Verify());
    }

    [Fact]
    public void Nothing_of_the_sound_stands_in_the_file()
    {
        var key = _rig.CallKey();
        var path = _rig.Record(key, (0, 0), (400, 400), (0, 0));
        var bytes = File.ReadAllBytes(path);
        Assert.InRange(bytes.Length, 64_000, 100_000);   // silence takes next to nothing
        var histogram = new int[256];
        foreach (var value in bytes.AsSpan(1_000))
            histogram[value]++;
        Assert.InRange(histogram.Max(), 0, 3 * bytes.Length / 256);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_killed_service_leaves_all_but_the_last_second()
    {
        var key = _rig.CallKey();
        var talk = _rig.Talk();
        var recording = new CallRecording(key, talk.Sound, _rig.Keys, TimeSpan.FromHours(1), new RecordingBacklog(long.MaxValue));
        using var file = new RecordingFile(_rig.Files.PathOf(key));
        talk.Run(3_300, 400, 700, () => RecordingRig.Write(recording, file));
        using (var reader = _rig.Open(_rig.Files.PathOf(key), key))
        {
            Assert.False(reader.IsComplete);
            Assert.InRange(reader.Frames, 2.3 * RecordingRig.Rate, 3.3 * RecordingRig.Rate);
            Assert.True(reader.Verify());
        }
        // In the middle of a block, as a kill may leave it.
        var bytes = File.ReadAllBytes(_rig.Files.PathOf(key));
        File.WriteAllBytes(_rig.Files.PathOf(key), bytes[..^1_000]);
        using var cut = _rig.Open(_rig.Files.PathOf(key), key);
        Assert.InRange(cut.Frames, 2 * RecordingRig.Rate, 3 * RecordingRig.Rate);
        Assert.True(cut.Verify());
        Assert.NotNull(RecordingCheck.LengthFault(cut, new RecordingEntry(0, 3.3, 0, 7, [])));
    }

    [Theory]
    [InlineData("flip sound")]
    [InlineData("flip tag")]
    [InlineData("flip marks")]
    [InlineData("flip length")]
    [InlineData("flip header")]
    [InlineData("flip wrapped key")]
    [InlineData("swap blocks")]
    [InlineData("cut out a block")]
    [InlineData("another call's block")]
    [InlineData("another call's file")]
    [InlineData("end earlier")]
    [InlineData("go on behind the end")]
    public void Tampering_is_found(string how)
    {
        var key = _rig.CallKey();
        var path = _rig.Record(key, (400, 700), (500, 800), (400, 700));
        var other = File.ReadAllBytes(_rig.Record(_rig.CallKey("other1"), (400, 700), (500, 800), (400, 700)));
        const int Block = 32_000 + RecordingCipher.WordBytes + RecordingCipher.TagBytes;
        var bytes = File.ReadAllBytes(path);
        int At(int block) => RecordingHeader.Bytes + block * Block;
        byte[] Flip(int at)
        {
            bytes[at] ^= 1;
            return bytes;
        }
        File.WriteAllBytes(path, how switch
        {
            "flip sound" => Flip(At(2) + 1_000),
            "flip tag" => Flip(At(2) + Block - 1),
            "flip marks" => Flip(At(2)),
            "flip length" => Flip(At(2) + 2),
            "flip header" => Flip(14),
            "flip wrapped key" => Flip(50),
            "swap blocks" => [.. bytes[..At(1)], .. bytes[At(2)..At(3)], .. bytes[At(1)..At(2)], .. bytes[At(3)..]],
            "cut out a block" => [.. bytes[..At(1)], .. bytes[At(2)..]],
            "another call's block" => [.. bytes[..At(1)], .. other[At(1)..At(2)], .. bytes[At(2)..]],
            "another call's file" => other,
            "end earlier" => [.. bytes[..At(2)], .. bytes[^(RecordingCipher.WordBytes + 4 + RecordingCipher.TagBytes)..]],
            _ => [.. bytes, .. bytes[At(0)..At(1)]],
        });
        using var reader = RecordingReader.Open(path, key, _rig.Keys, out var fault);
        Assert.True(fault is not null || !reader!.Verify(), how);
        if (reader is not null)
            Assert.Throws<InvalidDataException>(() => _rig.Read(path, key));
    }

    [Fact]
    public void Keys_are_changed_without_writing_the_sound_anew()
    {
        var key = _rig.CallKey();
        var path = _rig.Record(key, FourSeconds);
        var before = File.ReadAllBytes(path);
        var next = RecordingRig.NewKey();
        var foreign = new RecordingKeys(_rig.Options(next));
        Assert.Null(RecordingReader.Open(path, key, foreign, out var fault));
        Assert.Contains("Recordings:OldKeys", fault, StringComparison.Ordinal);
        Assert.Single(_rig.Files.Rekey(foreign).Failures);

        var both = new RecordingKeys(_rig.Options(next, _rig.Key));
        _rig.Open(path, key, both).Dispose();
        var (changed, present, unknown) = _rig.Files.Rekey(both);
        Assert.Equal((1, 0, 0), (changed, present, unknown.Count));
        Assert.Equal((0, 1), (_rig.Files.Rekey(both).Changed, _rig.Files.Rekey(both).Present));
        Assert.Equal(_rig.Read(path, key, both).Caller, _rig.Read(path, key, foreign).Caller);
        Assert.Null(RecordingReader.Open(path, key, _rig.Keys, out _));
        Assert.Equal(before[RecordingHeader.Bytes..], File.ReadAllBytes(path)[RecordingHeader.Bytes..]);
    }

    [Fact]
    public void What_cannot_be_opened_is_named_and_keeps_no_other_from_new_keys_and_deletion()
    {
        var path = _rig.Record(_rig.CallKey("call5"), (400, 700));
        var broken = Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileName(path).Replace("call5", "call1", StringComparison.Ordinal));
        File.CreateSymbolicLink(broken, broken);   // goes round in a circle
        var foreign = Directory.CreateDirectory(Path.Combine(_rig.Folder, "lost+found")).FullName;
        File.WriteAllText(Path.Combine(foreign, Path.GetFileName(path)), "not ours");

        var (changed, _, failures) = _rig.Files.Rekey(new RecordingKeys(_rig.Options(RecordingRig.NewKey(), _rig.Key)));
        Assert.Equal(1, changed);
        Assert.StartsWith(broken, Assert.Single(failures), StringComparison.Ordinal);

        var (count, kept) = _rig.Files.Forget(_rig.Time.GetUtcNow() + TimeSpan.FromDays(1), 100);
        Assert.Equal(1, count);
        Assert.StartsWith(broken, Assert.Single(kept), StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        Assert.Single(Directory.EnumerateFiles(foreign));
    }

    [Fact]
    public void Old_keys_alone_read_and_record_nothing()
    {
        var key = _rig.CallKey();
        var path = _rig.Record(key, (400, 700));
        var old = new RecordingKeys(_rig.Options("", _rig.Key));
        Assert.False(old.HasKey);
        _rig.Open(path, key, old).Dispose();
        Assert.Throws<InvalidOperationException>(() => RecordingHeader.Create(key, RecordingRig.Rate, old, out _));
    }

    [Fact]
    public void Any_part_of_the_wav_file_can_be_read()
    {
        var key = _rig.CallKey();
        var path = _rig.Record(key, FourSeconds);
        using var whole = new MemoryStream();
        using (var stream = new RecordingStream(_rig.Open(path, key)))
            stream.CopyTo(whole);
        var bytes = whole.ToArray();
        using var ranges = new RecordingStream(_rig.Open(path, key));
        Assert.Equal(bytes.Length, ranges.Length);
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var part = new byte[random.Next(1, 5_000)];
            ranges.Position = i == 0 ? bytes.Length - 1 : random.Next(bytes.Length);
            var from = (int)ranges.Position;
            var count = ranges.ReadAtLeast(part, part.Length, throwOnEndOfStream: false);
            Assert.Equal(Math.Min(part.Length, bytes.Length - from), count);
            Assert.Equal(bytes.AsSpan(from, count), part.AsSpan(0, count));
        }
        using var headed = new MemoryStream(bytes);
        Assert.Equal((RecordingRig.Rate, 2), (BitConverter.ToInt32(bytes, 24), BitConverter.ToInt16(bytes, 22)));
    }

    [Fact]
    public void Pauses_are_silence_and_what_lies_around_them_is_not()
    {
        var key = _rig.CallKey();
        var talk = _rig.Talk();
        var recording = new CallRecording(key, talk.Sound, _rig.Keys, TimeSpan.FromHours(1), new RecordingBacklog(long.MaxValue));
        using var file = new RecordingFile(_rig.Files.PathOf(key));
        void Write() => RecordingRig.Write(recording, file);
        talk.Run(1_000, 400, 700, Write);
        Assert.False(recording.Resume());
        Assert.True(recording.Pause("the caller"));
        Assert.False(recording.Pause("the agent"));
        talk.Run(1_000, 400, 700, Write);
        Assert.True(recording.Resume());
        talk.Run(60, 400, 700, () => { });
        Assert.True(recording.Pause("the agent"));   // before the first pause has been read to its end
        talk.Run(1_000, 400, 700, Write);
        recording.Resume();
        talk.Run(1_000, 400, 700, Write);
        recording.Pause("the agent");
        recording.End();
        Write();

        var (caller, agent) = _rig.Read(_rig.Files.PathOf(key), key);
        Assert.All([(caller, 400), (agent, 700)], side =>
        {
            Assert.InRange(RecordingRig.Tone(side.Item1, 0.05, 0.99, side.Item2), 7_500, 8_500);
            Assert.All(side.Item1[(int)(1.001 * RecordingRig.Rate)..(int)(1.999 * RecordingRig.Rate)], sample => Assert.Equal(0, sample));
            Assert.All(side.Item1[(int)(2.061 * RecordingRig.Rate)..(int)(3.059 * RecordingRig.Rate)], sample => Assert.Equal(0, sample));
            Assert.InRange(RecordingRig.Tone(side.Item1, 3.07, 4.0, side.Item2), 7_500, 8_500);
        });
        var pauses = recording.Entry(0).Pauses;
        Assert.Equal([(1.0, 2.0, "the caller"), (2.06, 3.06, "the agent")], pauses.Take(2).Select(pause => (pause.FromSeconds, pause.ToSeconds ?? 0, pause.By)));
        Assert.NotNull(pauses[2].ToSeconds);
    }

    [Fact]
    public void What_the_disk_does_not_take_becomes_silence_in_its_place()
    {
        var key = _rig.CallKey();
        var talk = _rig.Talk();
        var backlog = new RecordingBacklog(long.MaxValue);
        var recording = new CallRecording(key, talk.Sound, _rig.Keys, TimeSpan.FromHours(1), backlog);
        using var file = new RecordingFile(_rig.Files.PathOf(key));
        talk.Run(20_000, 400, 700, recording.CollectNow);   // it stands still
        Assert.InRange(backlog.Bytes, 400_000, 600_000);
        talk.Run(5_000, 400, 700, () => RecordingRig.Write(recording, file));
        recording.End();
        RecordingRig.Write(recording, file);

        var entry = recording.Entry(0);
        Assert.InRange(entry.Seconds, 24.9, 25.1);
        Assert.InRange(entry.LostSeconds, 11, 13);
        Assert.Equal(0, backlog.Bytes);
        var (caller, _) = _rig.Read(_rig.Files.PathOf(key), key);
        Assert.Equal(entry.Seconds, caller.Length / (double)RecordingRig.Rate, 0.01);
        Assert.InRange(RecordingRig.Tone(caller, 0.1, 7, 400), 7_500, 8_500);
        Assert.InRange(RecordingRig.Tone(caller, 9, 19, 400), 0, 10);
        Assert.InRange(RecordingRig.Tone(caller, 20.6, 24.9, 400), 7_500, 8_500);
        using var reader = _rig.Open(_rig.Files.PathOf(key), key);
        Assert.Null(RecordingCheck.LengthFault(reader, entry));
    }

    [Fact]
    public void A_recording_ends_at_its_longest()
    {
        var key = _rig.CallKey();
        var talk = _rig.Talk();
        var recording = new CallRecording(key, talk.Sound, _rig.Keys, TimeSpan.FromSeconds(2), new RecordingBacklog(long.MaxValue));
        using var file = new RecordingFile(_rig.Files.PathOf(key));
        talk.Run(5_000, 400, 700, () => RecordingRig.Write(recording, file));
        Assert.True(recording.IsOver);
        Assert.InRange(recording.Entry(0).Seconds, 2, 2.3);
        using var reader = _rig.Open(_rig.Files.PathOf(key), key);
        Assert.True(reader.IsComplete);
    }
}
