namespace Tools.Invocation;

/// <summary>What the model is told where a tool gives no result: what failed, whether trying again makes sense, what to offer the caller.</summary>
/// <remarks>Never holds a stack, a message of an exception, or a secret.</remarks>
internal static class ToolWords
{
    private const int MaxChars = 600;

    public const string MayRetry = "Trying again once may help.";
    public const string RetryIsVain = "Trying again now will not help.";

    public static string UnknownTool(string name, IEnumerable<string> names) =>
        $"There is no tool named {Shorten(name, 64)}. Nothing was done. Tools that exist: {Shorten(string.Join(", ", names), MaxChars)}.";

    public static string WrongArguments(string tool, string fault) =>
        Shorten($"{tool} was not run: {fault} Correct the arguments and call it again; ask the caller for what you do not know.");

    public static string TooManyCalls(string tool) =>
        $"{tool} was not run: too many tools are running in this call. Wait for their results before you call another one.";

    public static string Busy(Tool tool) => $"{tool.Name} was not run: it is busy. Trying again in half a minute may help.{Offer(tool)}";

    public static string NoLedger(Tool tool) =>
        $"{tool.Name} was not run: what it would do cannot be recorded at the moment. Nothing was done. {RetryIsVain}{Offer(tool)}";

    public static string ConfirmFirst(string tool) =>
        $"{tool} was not run yet: nothing was done. Read back to the caller what you are about to do, and ask whether that is right. Call it again with the same arguments only after they have agreed.";

    public static string ConfirmStill(string tool) =>
        $"{tool} was not run: nothing was done. The caller has not answered yet. Wait until they have agreed, then call it again with the same arguments.";

    public static string OutOfTime(Tool tool) => $"{tool.Name} did not answer in time. {RetryIsVain}{Offer(tool)}";

    public static string NeverBegun(Tool tool) => $"{tool.Name} was not run: it did not begin in time. Nothing was done. {MayRetry}{Offer(tool)}";

    public static string Failed(Tool tool, string? error, bool mayRetry) =>
        Shorten($"{Sentence(error ?? $"{tool.Name} failed.")} {(mayRetry ? MayRetry : RetryIsVain)}{Offer(tool)}");

    public static string Unknown(Tool tool, string? error) =>
        Shorten($"{Sentence(error ?? $"{tool.Name} did not end as it should.")} It is not known whether it was done. Do not call it again; tell the caller that somebody will check.{Offer(tool)}");

    public static string Broken(string tool) => $"{Shorten(tool, 64)} failed inside the service. It is not known whether it was done. Do not call it again; tell the caller that somebody will check.";

    public static string TooLarge(Tool tool) => tool.Policy.Idempotent
        ? $"The result of {tool.Name} is too large. Call it again with narrower arguments, or tell the caller that you cannot see it.{Offer(tool)}"
        : $"{tool.Name} was done, but its result is too large to be read. Do not call it again.";

    public static string Unreadable(Tool tool) => tool.Policy.Idempotent
        ? $"The result of {tool.Name} cannot be read. {RetryIsVain}{Offer(tool)}"
        : $"{tool.Name} was done, but its result cannot be read. Do not call it again.";

    public static string Undone(Tool tool) => $"{tool.Name} was cancelled and undone.";

    public static string Cancelled(Tool tool) => $"{tool.Name} was cancelled. Nothing was done.";

    /// <summary>At most so many characters; no pair of surrogates is cut in two.</summary>
    public static string Shorten(string text, int maxChars = MaxChars)
    {
        if (text.Length <= maxChars)
            return text;
        var length = char.IsHighSurrogate(text[maxChars - 2]) ? maxChars - 2 : maxChars - 1;
        return string.Concat(text.AsSpan(0, length), "…");
    }

    private static string Offer(Tool tool) => tool.Policy.Offer.Length == 0 ? "" : $" You may offer the caller {tool.Policy.Offer}.";

    private static string Sentence(string text)
    {
        var trimmed = Shorten(text.Trim(), MaxChars / 2);
        return trimmed.Length == 0 || trimmed[^1] is '.' or '!' or '?' or '…' ? trimmed : trimmed + ".";
    }
}
