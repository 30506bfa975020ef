using System.Collections;
using Microsoft.Extensions.Options;

namespace VoiceAgent.Records;

/// <summary>Masks what the log must not hold before any provider sees it: numbers where they are masked in records, and what the patterns of <c>Tools:Redaction</c> match.</summary>
/// <remarks>Any thread. Numbers are known by the names of a line's values (<see cref="Numbers"/>), so that ports and counts stay readable. What an exception says is left as it is.</remarks>
/// <param name="inner">The factory of the providers.</param>
/// <param name="privacy">Asked at the first line: before the settings are checked nothing of a call is logged.</param>
internal sealed class MaskedLogging(ILoggerFactory inner, Func<RecordPrivacy> privacy) : ILoggerFactory
{
    /// <summary>Names of values that are numbers or URIs of people.</summary>
    public static IReadOnlySet<string> Numbers { get; } =
        new HashSet<string>(["From", "To", "DialledNumber", "Target", "Party", "Number", "Caller"], StringComparer.Ordinal);

    private readonly Lazy<RecordPrivacy> _privacy = new(privacy);

    /// <summary>The factory of a service.</summary>
    public static ILoggerFactory Of(IServiceProvider provider) => new MaskedLogging(
        new LoggerFactory(
            provider.GetServices<ILoggerProvider>(), provider.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(), provider.GetRequiredService<IOptions<LoggerFactoryOptions>>()),
        provider.GetRequiredService<RecordPrivacy>);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(inner.CreateLogger(categoryName), this);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private sealed class Logger(ILogger inner, MaskedLogging owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!inner.IsEnabled(logLevel))
                return;
            var line = new Line(formatter(state, exception), state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], owner._privacy.Value);
            inner.Log(logLevel, eventId, line, exception, static (line, _) => line.ToString());
        }
    }

    /// <summary>A line with its values, masked.</summary>
    private sealed class Line : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private readonly KeyValuePair<string, object?>[] _values;
        private readonly string _text;

        public Line(string text, IReadOnlyList<KeyValuePair<string, object?>> values, RecordPrivacy privacy)
        {
            _values = new KeyValuePair<string, object?>[values.Count];
            for (var i = 0; i < _values.Length; i++)
            {
                _values[i] = values[i];
                var isNumber = Numbers.Contains(values[i].Key);
                if ((values[i].Value as string ?? (isNumber ? values[i].Value?.ToString() : null)) is not { Length: > 0 } value || values[i].Key == "{OriginalFormat}")
                    continue;
                var masked = isNumber ? privacy.Uri(value) : privacy.Text(value);
                _values[i] = new(values[i].Key, masked);
                if (masked != value)
                    text = text.Replace(value, masked, StringComparison.Ordinal);
            }
            _text = privacy.Text(text);
        }

        public int Count => _values.Length;

        public KeyValuePair<string, object?> this[int index] => _values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)_values).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => _text;
    }
}
