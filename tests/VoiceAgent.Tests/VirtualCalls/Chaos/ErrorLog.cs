using Microsoft.Extensions.Logging;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>Keeps what is logged as an error: a bug, in a random call.</summary>
internal sealed class ErrorLog<T>(List<string> errors) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        lock (errors)
            errors.Add($"{formatter(state, exception)} {exception}");
    }
}
