using System.Text.Json;

namespace Tools.Invocation;

/// <summary>What a tool reports of a run that is not over, on its way to the model: at most once a second, the newest one wins.</summary>
/// <remarks>Any thread; reports after the end are dropped. Tells under its own lock, so that no news overtakes the result.</remarks>
internal sealed class ToolNews(Tool tool, string callId, ToolServices services, Action<JsonElement, ToolScheduling> tell) : IProgress<object>
{
    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(1);

    private readonly Lock _order = new();
    private long? _toldAt;
    private (JsonElement Response, ToolScheduling Scheduling)? _waiting;
    private ITimer? _timer;
    private bool _isClosed;

    /// <inheritdoc/>
    public void Report(object value)
    {
        if (Volatile.Read(ref _isClosed) || Read(value) is not { } response)
            return;
        lock (_order)
        {
            if (_isClosed)
                return;
            _waiting = (response, (value as ToolResult)?.Scheduling ?? Scheduling);
            var left = _toldAt is { } at ? MinPause - services.Time.GetElapsedTime(at) : TimeSpan.Zero;
            if (left <= TimeSpan.Zero)
                TellNewest();
            else
                _timer ??= services.Time.CreateTimer(_ => OnPauseOver(), null, left, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The run is over: nothing is told any more.</summary>
    public void Close()
    {
        lock (_order)
        {
            _isClosed = true;
            _timer?.Dispose();
        }
    }

    // News of an urgent result are not urgent themselves.
    private ToolScheduling Scheduling => tool.Policy.Scheduling == ToolScheduling.Silent ? ToolScheduling.Silent : ToolScheduling.WhenIdle;

    private void OnPauseOver()
    {
        lock (_order)
        {
            _timer?.Dispose();
            _timer = null;
            if (!_isClosed)
                TellNewest();
        }
    }

    private void TellNewest()
    {
        if (_waiting is not { } news)
            return;
        _waiting = null;
        _toldAt = services.Time.GetTimestamp();
        tell(news.Response, news.Scheduling);
    }

    private JsonElement? Read(object value)
    {
        try
        {
            // A sequence that has to be waited for cannot be told here.
            var writing = ResultJson.OutputAsync(value is ToolResult result ? result.Error ?? result.Value : value, tool.Policy.MaxResultBytes, CancellationToken.None);
            return writing.IsCompleted ? writing.GetAwaiter().GetResult().Response : throw new NotSupportedException("News cannot be an asynchronous sequence.");
        }
        catch (Exception e) when (e is ResultTooLargeException or JsonException or NotSupportedException)
        {
            services.Logger.BadNews(new LoggedFault(e, services.Redaction), callId, tool.Name);
            return null;
        }
    }
}
