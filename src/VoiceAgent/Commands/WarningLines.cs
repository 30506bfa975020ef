namespace VoiceAgent.Commands;

/// <summary>Shows whoever typed a command what the service would log as a warning or worse: a line each, without time, place and exception, which may hold what nobody shall read.</summary>
/// <remarks>Any thread.</remarks>
/// <param name="output">Where to write.</param>
internal sealed class WarningLines(TextWriter output) : ILoggerProvider, ILogger
{
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        lock (_lock)
            output.WriteLine(formatter(state, exception));
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
