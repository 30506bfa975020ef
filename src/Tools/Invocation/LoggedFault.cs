using System.Text;

namespace Tools.Invocation;

/// <summary>What foreign code has thrown, as it may be logged: types and stack traces whole, messages redacted, for they may quote what a caller has said.</summary>
/// <remarks>An exception itself only because loggers take one; never thrown.</remarks>
internal sealed class LoggedFault(Exception thrown, Redaction redaction) : Exception(Text(thrown, redaction))
{
    private const int MaxMessageChars = 1000;
    private const int MaxInner = 5;

    /// <inheritdoc/>
    public override string ToString() => Message;

    private static string Text(Exception thrown, Redaction redaction)
    {
        var text = new StringBuilder();
        var current = thrown;
        for (var depth = 0; current is not null && depth <= MaxInner; depth++)
        {
            if (depth > 0)
                text.Append("\ncaused by ");
            text.Append(current.GetType().FullName).Append(": ").Append(ToolWords.Shorten(redaction.Apply(current.Message), MaxMessageChars));
            if (current.StackTrace is { } trace)
                text.Append('\n').Append(trace);
            current = current.InnerException;
        }
        return text.ToString();
    }
}
