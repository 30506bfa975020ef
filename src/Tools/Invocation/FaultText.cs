using System.Text;

namespace Tools.Invocation;

/// <summary>What foreign code has thrown -> words for the log: types and stack traces whole, messages redacted, for they may quote what a caller has said.</summary>
internal static class FaultText
{
    private const int MaxMessageChars = 1000;
    private const int MaxInner = 5;

    /// <summary>The exception and those that it was caused by.</summary>
    public static string Of(Exception exception, Redaction redaction)
    {
        var text = new StringBuilder();
        var current = exception;
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
