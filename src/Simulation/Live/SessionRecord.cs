using System.Runtime.InteropServices;

namespace Simulation.Live;

/// <summary>What a session saw and did: filled by the session's loop, read by tests and by the script.</summary>
/// <remarks>Every list is bounded by the options; readers get copies.</remarks>
internal sealed class SessionRecord(SimulatedLiveOptions options, TimeProvider timeProvider)
{
    // Hours of a call; only there so that a session that never ends does not fill the memory.
    private const int MaxEvents = 100_000;

    private readonly Lock _gate = new();
    private readonly List<SessionEvent> _events = [];
    private readonly List<ReceivedMessage> _messages = [];
    private readonly List<AudioArrival> _arrivals = [];
    private readonly List<SentChunk> _chunks = [];
    private readonly List<short> _audio = [];
    private readonly List<Waiter> _waiters = [];
    private readonly int _audioLimitSamples = (int)Math.Min(int.MaxValue / 4, options.RecordedAudioLimit.TotalSeconds * ActivityDetector.SampleRateHz);

    /// <summary>Caller samples received, recorded or not.</summary>
    public long CallerSamples { get; private set; }

    public IReadOnlyList<SessionEvent> Events => Copy(_events);

    public IReadOnlyList<ReceivedMessage> Messages => Copy(_messages);

    public IReadOnlyList<AudioArrival> Arrivals => Copy(_arrivals);

    public IReadOnlyList<SentChunk> Chunks => Copy(_chunks);

    public short[] CallerAudio => Copy(_audio);

    public void AddMessage(long timestamp, ReadOnlySpan<byte> json)
    {
        lock (_gate)
        {
            if (_messages.Count < options.RecordedMessageLimit)
                _messages.Add(new ReceivedMessage(timestamp, System.Text.Encoding.UTF8.GetString(json)));
        }
    }

    public void AddCallerAudio(long timestamp, ReadOnlySpan<short> pcm)
    {
        lock (_gate)
        {
            if (_audio.Count < _audioLimitSamples)
            {
                _arrivals.Add(new AudioArrival(timestamp, CallerSamples, pcm.Length));
                _audio.AddRange(pcm);
            }
            CallerSamples += pcm.Length;
        }
    }

    public void AddChunk(int bytes, bool stale)
    {
        lock (_gate)
        {
            if (_chunks.Count < MaxEvents)
                _chunks.Add(new SentChunk(timeProvider.GetTimestamp(), bytes, stale));
        }
    }

    public void Add(SessionEventKind kind, string text = "") => Add(kind, text, timeProvider.GetTimestamp());

    public void Add(SessionEventKind kind, string text, long timestamp)
    {
        var happened = new SessionEvent(timestamp, kind, text);
        lock (_gate)
        {
            if (_events.Count == MaxEvents)
                return;
            _events.Add(happened);
            foreach (var waiter in _waiters.FindAll(w => w.Matches(happened)))
            {
                _waiters.Remove(waiter);
                waiter.Found.TrySetResult(_events.Count - 1);
            }
        }
    }

    /// <summary>Index of the first event at or after <paramref name="from"/> that matches, waiting for it by the given clock; -1 when the time is over.</summary>
    public async Task<int> WaitAsync(int from, Predicate<SessionEvent> matches, TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(matches, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            var index = _events.FindIndex(Math.Min(from, _events.Count), matches);
            if (index >= 0)
                return index;
            _waiters.Add(waiter);
        }
        await using var timer = clock.CreateTimer(_ => waiter.Found.TrySetResult(-1), state: null, timeout, Timeout.InfiniteTimeSpan);
        await using var cancelling = cancellationToken.Register(() => waiter.Found.TrySetCanceled(cancellationToken));
        try
        {
            return await waiter.Found.Task;
        }
        finally
        {
            lock (_gate)
                _waiters.Remove(waiter);
        }
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_gate)
            return CollectionsMarshal.AsSpan(list).ToArray();
    }

    private sealed record Waiter(Predicate<SessionEvent> Matches, TaskCompletionSource<int> Found);
}
