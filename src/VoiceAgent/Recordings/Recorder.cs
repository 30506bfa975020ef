using System.Collections.Concurrent;
using VoiceAgent.Audio;

namespace VoiceAgent.Recordings;

/// <summary>Records calls: one loop fetches the sound of all of them and encrypts it, another writes it, and deletes what is too old.</summary>
/// <remarks>Calls begin and end recordings from their loops and never wait for the disk. What it does not take waits, within a bound, and becomes silence then.</remarks>
internal sealed class Recorder : IHostedService, IAsyncDisposable
{
    private const long MaxWaitingBytes = 64 * 1024 * 1024;
    private const int ForgottenAtOnce = 100;

    /// <summary>How often sound is fetched, and blocks are written.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LogPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UpkeepPeriod = TimeSpan.FromHours(1);
    private static readonly TimeSpan UpkeepRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LastTry = TimeSpan.FromSeconds(5);

    // The disk has had so long to take the end of a call.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly RecordingOptions _options;
    private readonly RecordingKeys _keys;
    private readonly TimeSpan _retention;
    private readonly TimeProvider _time;
    private readonly ILogger<Recorder> _logger;
    private readonly RecordingBacklog _backlog = new(MaxWaitingBytes);
    private readonly ConcurrentDictionary<CallRecording, RecordingFile> _recordings = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _loops = Task.CompletedTask;
    private RecordingHealth _health = new(null, null, 0, 0);
    private DateTimeOffset? _loggedAt;
    private DateTimeOffset? _lookedAt;
    private DateTimeOffset? _keptUpAt;
    private double _lostSeconds;   // of recordings that are over; disk loop

    /// <param name="options">Where, and how much.</param>
    /// <param name="keys">The master keys.</param>
    /// <param name="retention">How long after its call began a recording is kept.</param>
    /// <param name="time">The service's clock.</param>
    /// <param name="logger">Where outages are told.</param>
    public Recorder(RecordingOptions options, RecordingKeys keys, TimeSpan retention, TimeProvider time, ILogger<Recorder> logger)
    {
        (_options, _keys, _retention, _time, _logger) = (options, keys, retention, time, logger);
        Folder = new RecordingFolder(Path.GetFullPath(options.Folder));
    }

    /// <summary>The files.</summary>
    public RecordingFolder Folder { get; }

    /// <summary>How it goes; any thread.</summary>
    public RecordingHealth Health => Volatile.Read(ref _health) with
    {
        Running = _recordings.Count(recording => !recording.Key.IsOver),
        LostSeconds = Volatile.Read(ref _lostSeconds) + _recordings.Keys.Sum(recording => recording.Entry(0).LostSeconds),
    };

    /// <summary>What waits for the disk, in bytes; any thread.</summary>
    public long WaitingBytes => _backlog.Bytes;

    /// <summary>Begins the recording of a call, which the caller ends; any thread.</summary>
    /// <param name="callKey">The call's key in the database.</param>
    /// <param name="sound">Its sound.</param>
    public CallRecording Start(string callKey, SoundTap sound)
    {
        var recording = new CallRecording(callKey, sound, _keys, _options.MaxLength, _backlog);
        _recordings[recording] = new RecordingFile(Folder.PathOf(callKey));
        return recording;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loops = Task.WhenAll(Task.Run(CollectAsync, CancellationToken.None), Task.Run(WriteAsync, CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <summary>Ends what is still recorded and writes it, as far as the disk takes it within a few seconds.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAny(_loops, Task.Delay(LastTry, _time, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
            await StopAsync(CancellationToken.None);
        if (_loops.IsCompleted)
            _stopping.Dispose();
    }

    private async Task CollectAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            foreach (var (recording, _) in _recordings)
                Collect(recording);
            await PauseAsync(Period);
        }
    }

    private void Collect(CallRecording recording)
    {
        try
        {
            recording.CollectNow();
        }
#pragma warning disable CA1031 // the loop's catch-all: a bug ends this recording and no other
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _logger.RecordingFault(recording.CallKey, bug);
            recording.Abandon();
        }
    }

    private async Task WriteAsync()
    {
        var isLast = false;
        while (!isLast)
        {
            isLast = _stopping.IsCancellationRequested;
            if (isLast)
                EndAll();
            var isWell = WriteAll();
            if (!isLast)
                await PauseAsync(isWell ? Period : RetryAfter);
        }
    }

    // Calls have ended theirs before: this is what a host that was not waited for leaves.
    private void EndAll()
    {
        foreach (var recording in _recordings.Keys)
            recording.End();
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // What waits is written once more.
        }
    }

    /// <returns>False when the disk does not take all of it now.</returns>
    private bool WriteAll()
    {
        if (!_stopping.IsCancellationRequested)
            KeepUp();   // before the look: it may be what makes room
        var problem = _recordings.IsEmpty && _health.Problem is null ? null : TryLookAtDisk();
        if (problem is null)
        {
            foreach (var (recording, file) in _recordings)
            {
                var failure = TryWrite(recording, file);   // the others go on
                problem ??= failure;
            }
        }
        if (problem is null)
        {
            Recovered();
            return true;
        }
        Failed(problem);
        GiveUpOld();
        return false;
    }

    /// <returns>Why it was not written; null when it was.</returns>
    private string? TryWrite(CallRecording recording, RecordingFile file)
    {
        try
        {
            Write(recording, file);
            return null;
        }
#pragma warning disable CA1031 // the loop's catch-all: whatever the disk does, it is tried again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure.Message;
        }
    }

    /// <returns>Why nothing can be written now; null when it can.</returns>
    private string? TryLookAtDisk()
    {
        try
        {
            LookAtDisk();
            return null;
        }
#pragma warning disable CA1031 // likewise
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure.Message;
        }
    }

    private void LookAtDisk()
    {
        var now = _time.GetUtcNow();
        if (_health.Problem is null && now - _lookedAt < LookPeriod)
            return;
        _lookedAt = now;
        Directory.CreateDirectory(Folder.Root);
        var freeMb = new DriveInfo(Folder.Root).AvailableFreeSpace / 1_000_000;
        if (freeMb < _options.MinFreeMb)
            throw new IOException($"Only {freeMb} MB are free, and {RecordingOptions.Section}:{nameof(RecordingOptions.MinFreeMb)} = {_options.MinFreeMb}.");
    }

    private void Write(CallRecording recording, RecordingFile file)
    {
        var isOver = recording.IsOver;
        while (recording.Next() is { IsEmpty: false } block)
        {
            file.Append(block.Span);
            recording.Written();
        }
        if (!isOver)
            return;
        file.Flush();
        Close(recording, file);
    }

    private void Close(CallRecording recording, RecordingFile file)
    {
        file.Dispose();
        if (_recordings.TryRemove(recording, out _))
            Volatile.Write(ref _lostSeconds, _lostSeconds + recording.Entry(0).LostSeconds);
    }

    // Of calls that are over nothing becomes less by waiting.
    private void GiveUpOld()
    {
        var now = _time.GetUtcNow();
        foreach (var (recording, file) in _recordings)
        {
            if (!recording.IsOver || now - (file.WaitsSince ??= now) < Patience)
                continue;
            recording.GiveUp();
            Close(recording, file);
            _logger.GivenUp(recording.CallKey);
        }
    }

    private void KeepUp()
    {
        var now = _time.GetUtcNow();
        if (now - _keptUpAt < UpkeepPeriod)
            return;
        try
        {
            var (count, failures) = Folder.Forget(now - _retention, ForgottenAtOnce);
            if (count > 0)
                _logger.Forgotten(count);
            if (count == ForgottenAtOnce)
                return;
            _keptUpAt = failures is [] ? now : now - UpkeepPeriod + UpkeepRetry;
            if (failures is [var first, ..])
                _logger.NotForgotten(Folder.Root, $"{failures.Count} of them, first {first}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _keptUpAt = now - UpkeepPeriod + UpkeepRetry;
            _logger.NotForgotten(Folder.Root, failure.Message);
        }
    }

    private void Failed(string problem)
    {
        var now = _time.GetUtcNow();
        Volatile.Write(ref _health, _health with { Problem = problem, Since = _health.Since ?? now });
        if (now - _loggedAt < LogPeriod)
            return;
        _loggedAt = now;
        _logger.NotWritten(Folder.Root, problem, _recordings.Count, Health.LostSeconds);
    }

    private void Recovered()
    {
        if (_health.Problem is null)
            return;
        Volatile.Write(ref _health, new RecordingHealth(null, null, 0, 0));
        _loggedAt = null;
        _logger.WrittenAgain(Health.LostSeconds);
    }
}

/// <summary>How recording goes.</summary>
/// <param name="Problem">Why nothing can be written now; null when all is well.</param>
/// <param name="Since">Since when.</param>
/// <param name="Running">Calls that are recorded now.</param>
/// <param name="LostSeconds">Sound that was lost since the start, in seconds.</param>
internal sealed record RecordingHealth(string? Problem, DateTimeOffset? Since, int Running, double LostSeconds);
