using System.Security.Cryptography;
using Support;
using Telephony.Audio;
using VoiceAgent.Audio;
using VoiceAgent.Recordings;

namespace VoiceAgent.Tests.Recordings;

/// <summary>Recordings in a folder of one test, of calls that consist of their sound only, on virtual time; the test is the disk.</summary>
internal sealed class RecordingRig : IDisposable
{
    public const int Rate = SoundTap.RateHz;
    public const int FrameMs = 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recordings");

    public ManualTimeProvider Time { get; } = new();

    public string Folder => _folder.FullName;

    public string Key { get; } = NewKey();

    public RecordingKeys Keys => new(Options());

    public RecordingFolder Files => new(Folder);

    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public RecordingOptions Options(string? key = null, params string[] oldKeys) => new() { Folder = Folder, Key = key ?? Key, OldKeys = oldKeys, MinFreeMb = 0 };

    public Recorder Recorder(TimeProvider? time = null, string? folder = null, long minFreeMb = 0, LogLines<Recorder>? log = null) => new(
        new RecordingOptions { Folder = folder ?? Folder, Key = Key, MinFreeMb = minFreeMb }, Keys, TimeSpan.FromDays(30), time ?? Time, log ?? new LogLines<Recorder>());

    public string CallKey(string id = "call1") => $"{Storage.DatabaseText.From(Time.GetUtcNow())}_{id}";

    /// <summary>A call whose caller and agent are heard as they are told to be.</summary>
    public Talk Talk() => new(Time);

    /// <summary>A recording on the disk: of each second caller and agent have a tone of their own or, at 0 Hz, none.</summary>
    public string Record(string callKey, params (int CallerHz, int AgentHz)[] seconds)
    {
        var talk = Talk();
        var recording = new CallRecording(callKey, talk.Sound, Keys, TimeSpan.FromHours(1), new RecordingBacklog(long.MaxValue));
        using var file = new RecordingFile(Files.PathOf(callKey));
        foreach (var (caller, agent) in seconds)
        {
            talk.Run(1_000, caller, agent, () => Write(recording, file));
        }
        recording.End();
        Write(recording, file);
        return Files.PathOf(callKey);
    }

    /// <summary>The disk takes what there is.</summary>
    public static void Write(CallRecording recording, RecordingFile file)
    {
        recording.CollectNow();
        while (recording.Next() is { IsEmpty: false } block)
        {
            file.Append(block.Span);
            recording.Written();
        }
    }

    public RecordingReader Open(string path, string callKey, RecordingKeys? keys = null)
    {
        var reader = RecordingReader.Open(path, callKey, keys ?? Keys, out var fault);
        Assert.Null(fault);
        return reader!;
    }

    /// <summary>All of a recording, a side at a time.</summary>
    public (short[] Caller, short[] Agent) Read(string path, string callKey, RecordingKeys? keys = null) => Sides(Open(path, callKey, keys));

    /// <summary>All of a recording, as it stands in its WAV file, a side at a time; the reader is disposed.</summary>
    public static (short[] Caller, short[] Agent) Sides(RecordingReader reader)
    {
        using var stream = new RecordingStream(reader);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var pcm = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(copy.ToArray().AsSpan(44)).ToArray();
        return ([.. pcm.Where((_, i) => i % 2 == 0)], [.. pcm.Where((_, i) => i % 2 == 1)]);
    }

    /// <summary>Amplitude of a tone in a stretch of one side.</summary>
    public static double Tone(short[] side, double fromSeconds, double toSeconds, int hz) =>
        Support.Tone.Amplitude(side.AsSpan((int)(fromSeconds * Rate)..(int)(toSeconds * Rate)), Rate, hz);

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>The sound of a call, frame by frame.</summary>
internal sealed class Talk : IPcmSink, IPcmSource
{
    private readonly ManualTimeProvider _time;
    private readonly IPcmSink _sink;
    private readonly IPcmSource _source;
    private readonly short[] _frame = new short[RecordingRig.Rate / 50];
    private int _agentHz;
    private int _at;

    public Talk(ManualTimeProvider time)
    {
        _time = time;
        Sound = new SoundTap(time);
        (_sink, _source) = (Sound.Heard(this), Sound.Sent(this));
    }

    public SoundTap Sound { get; }

    int IPcmSink.SampleRateHz => RecordingRig.Rate;

    int IPcmSource.SampleRateHz => RecordingRig.Rate;

    /// <summary>So much time passes; the work is done every 200 ms of it.</summary>
    public void Run(int ms, int callerHz, int agentHz, Action work)
    {
        for (var at = 0; at < ms; at += RecordingRig.FrameMs)
        {
            _agentHz = agentHz;
            _source.Read(_frame);
            _time.Advance(TimeSpan.FromMilliseconds(RecordingRig.FrameMs));
            Fill(_frame, callerHz);
            _sink.Write(_frame);
            _at += _frame.Length;
            if (at % 200 == 0)
                work();
        }
    }

    int IPcmSource.Read(Span<short> frame)
    {
        Fill(frame, _agentHz);
        return _agentHz == 0 ? 0 : frame.Length;
    }

    void IPcmSink.Write(ReadOnlySpan<short> pcm)
    {
    }

    private void Fill(Span<short> frame, int hz)
    {
        for (var i = 0; i < frame.Length; i++)
            frame[i] = (short)(8_000 * Math.Sin(2 * Math.PI * hz * (_at + i) / RecordingRig.Rate));
    }
}
