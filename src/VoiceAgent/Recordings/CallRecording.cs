using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using VoiceAgent.Audio;

namespace VoiceAgent.Recordings;

/// <summary>One recording under way: the call's sound -> blocks of half a second, encrypted -> what waits for the disk.</summary>
/// <remarks>The call's loop begins, pauses and ends it, the recorder's loops fetch sound and blocks; under a lock that is held for a few milliseconds at most. Bounded: where the disk does not
/// keep up, stretches become silence and are counted. Blocks are rented, and given back once they are written.</remarks>
internal sealed class CallRecording
{
    // A kill loses what is not on the disk: this, and a period of the recorder.
    private const int BlockFrames = SoundTap.RateHz / 2;

    // Per call; all of them together are bounded by the recorder.
    private const int MaxWaiting = 16;

    private const int MaxPauses = 100;

    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Rented, int Bytes, int Frames)> _waiting = new();
    private readonly List<RecordingPause> _pauses = [];
    private readonly short[] _block = new short[2 * BlockFrames];
    private readonly short[] _read = new short[2 * BlockFrames];
    private readonly SoundReader _reader;
    private readonly RecordingCipher _cipher;
    private readonly RecordingBacklog _backlog;
    private readonly List<(long From, long To)> _silent = [];   // pauses whose sound has not been read to the end
    private readonly long _longest;
    private readonly long _first;
    private long _next;   // place in the call of what is read next
    private bool _isPaused;
    private int _filled;
    private int _filledLost;   // of them, lost and counted before
    private long _gap;
    private long _frames;
    private long _lost;
    private long _number;

    /// <param name="callKey">The call's key in the database.</param>
    /// <param name="sound">The call's sound.</param>
    /// <param name="keys">The master keys.</param>
    /// <param name="longest">Where it ends at the latest.</param>
    /// <param name="backlog">What waits for the disk, of all calls together.</param>
    public CallRecording(string callKey, SoundTap sound, RecordingKeys keys, TimeSpan longest, RecordingBacklog backlog)
    {
        CallKey = callKey;
        _backlog = backlog;
        _longest = (long)(longest.TotalSeconds * SoundTap.RateHz);
        var header = ArrayPool<byte>.Shared.Rent(RecordingHeader.Bytes);
        RecordingHeader.Create(callKey, SoundTap.RateHz, keys, out _cipher).CopyTo(header, 0);
        Enqueue(header, RecordingHeader.Bytes, heardFrames: 0);
        _reader = sound.Open();
        _first = _next = _reader.Position;
    }

    /// <summary>The call's key in the database.</summary>
    public string CallKey { get; }

    /// <summary>Whether nothing comes any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused
    {
        get
        {
            lock (_gate)
                return _isPaused;
        }
    }

    /// <summary>What is known of it.</summary>
    public RecordingEntry Entry(double beganAtMs)
    {
        lock (_gate)
            return new RecordingEntry(beganAtMs, IsOver ? Seconds(_frames) : 0, Seconds(_lost), IsOver ? _number : 0, [.. _pauses]) { File = RecordingFolder.NameOf(CallKey) };
    }

    /// <summary>From this moment on there is silence; false when it is so already.</summary>
    public bool Pause(string by)
    {
        lock (_gate)
        {
            if (IsOver || _isPaused)
                return false;
            var from = Math.Max(_reader.Now, _next);
            _silent.Add((from, long.MaxValue));
            if (_pauses.Count < MaxPauses)
                _pauses.Add(new RecordingPause(Seconds(from - _first), null, by));
            return _isPaused = true;
        }
    }

    /// <summary>It goes on; false when it was not paused.</summary>
    public bool Resume()
    {
        lock (_gate)
        {
            if (IsOver || !_isPaused)
                return false;
            EndPause(Math.Max(_reader.Now, _next));
            return true;
        }
    }

    /// <summary>Fetches what has been heard.</summary>
    public void CollectNow()
    {
        lock (_gate)
        {
            if (IsOver)
                return;
            Collect();
            if (_frames + _filled + _gap >= _longest)
                Finish();
        }
    }

    /// <summary>The call is over.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (!IsOver)
                Finish();
        }
    }

    /// <summary>The next block for the disk, which stays until <see cref="Written"/>; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        lock (_gate)
            return _waiting.TryPeek(out var next) ? next.Rented.AsMemory(0, next.Bytes) : default;
    }

    /// <summary>The next block is on the disk.</summary>
    public void Written()
    {
        lock (_gate)
            GiveBack();
    }

    /// <summary>Something is broken: nothing is added any more, and its end stays open.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            IsOver = true;
            _reader.Dispose();
        }
    }

    /// <summary>The disk will not have it: what waits is given up, and counts as lost.</summary>
    public void GiveUp()
    {
        lock (_gate)
        {
            while (_waiting.Count > 0)
                _lost += GiveBack();
        }
    }

    private static double Seconds(long frames) => Math.Round((double)frames / SoundTap.RateHz, 2);

    private void Finish()
    {
        Collect(toTheEnd: true);
        Seal();
        if (_isPaused)
            EndPause(_first + _frames + _gap);
        // Always taken: it is small, and says that nothing is missing.
        Add(BlockMarks.Silence | BlockMarks.Final, (int)Math.Min(_gap, int.MaxValue));
        _gap = 0;
        IsOver = true;
        _reader.Dispose();
        _cipher.Dispose();
    }

    private void EndPause(long at)
    {
        _isPaused = false;
        _silent[^1] = _silent[^1] with { To = at };
        if (_pauses is [.., { ToSeconds: null } last])
            _pauses[^1] = last with { ToSeconds = Seconds(at - _first) };
    }

    private void Collect(bool toTheEnd = false)
    {
        while (_reader.Read(_read, toTheEnd) is > 0 and var count)
        {
            var first = _reader.Position - count;
            _lost += first - _next;
            Append(first - _next);
            Silence(first, count);
            for (var at = 0; at < count;)
            {
                var room = Math.Min(count - at, BlockFrames - _filled);
                _read.AsSpan(2 * at, 2 * room).CopyTo(_block.AsSpan(2 * _filled));
                at += room;
                Filled(room);
            }
            _next = _reader.Position;
        }
    }

    /// <summary>Takes out what was said in the pause.</summary>
    private void Silence(long first, int count)
    {
        if (_silent.Count == 0)
            return;
        foreach (var pause in _silent)
        {
            var from = (int)Math.Clamp(pause.From - first, 0, count);
            var to = (int)Math.Clamp(pause.To - first, from, count);
            _read.AsSpan(2 * from, 2 * (to - from)).Clear();
        }
        _silent.RemoveAll(pause => pause.To <= first);
    }

    /// <summary>Silence for what was lost.</summary>
    private void Append(long frames)
    {
        while (frames > 0)
        {
            var room = (int)Math.Min(frames, BlockFrames - _filled);
            _block.AsSpan(2 * _filled, 2 * room).Clear();
            frames -= room;
            _filledLost += room;
            Filled(room);
        }
    }

    private void Filled(int frames)
    {
        _filled += frames;
        if (_filled == BlockFrames)
            Seal();
    }

    private void Seal()
    {
        if (_filled == 0)
            return;
        var pcm = MemoryMarshal.AsBytes(_block.AsSpan(0, 2 * _filled));
        if (_waiting.Count >= MaxWaiting || !_backlog.HasRoom)
        {
            _gap += _filled;
            _lost += _filled - _filledLost;
        }
        else
        {
            AddGap();
            if (pcm.ContainsAnyExcept((byte)0))
                Add(BlockMarks.None, pcm, _filled, _filled - _filledLost);
            else
                Add(BlockMarks.Silence, _filled, _filled - _filledLost);
        }
        _filled = _filledLost = 0;
    }

    private void AddGap()
    {
        if (_gap > 0)
            Add(BlockMarks.Silence, (int)_gap);
        _gap = 0;
    }

    private void Add(BlockMarks marks, int silentFrames, int heardFrames = 0)
    {
        Span<byte> plain = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(plain, silentFrames);
        Add(marks, plain, silentFrames, heardFrames);
    }

    private void Add(BlockMarks marks, ReadOnlySpan<byte> plain, int frames, int heardFrames)
    {
        var bytes = RecordingCipher.BlockBytes(plain.Length);
        var rented = ArrayPool<byte>.Shared.Rent(bytes);
        _cipher.Seal(_number++, marks, plain, rented.AsSpan(0, bytes));
        Enqueue(rented, bytes, heardFrames);
        _frames += frames;
    }

    private void Enqueue(byte[] rented, int bytes, int heardFrames)
    {
        _waiting.Enqueue((rented, bytes, heardFrames));
        _backlog.Add(bytes);
    }

    /// <returns>Frames of sound that were in it.</returns>
    private int GiveBack()
    {
        var (rented, bytes, frames) = _waiting.Dequeue();
        _backlog.Add(-bytes);
        ArrayPool<byte>.Shared.Return(rented);
        return frames;
    }
}
