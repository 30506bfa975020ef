namespace Tools.Invocation;

/// <summary>What is never written down of a tool's arguments and results.</summary>
public sealed class RedactionOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Tools:Redaction";

    /// <summary>Keys used when none are configured.</summary>
    public static IReadOnlyList<string> DefaultKeys { get; } =
        ["*password*", "*passwort*", "*kennwort*", "*secret*", "*token*", "api*key", "*authorization*", "pin", "*cvc*", "*cvv*", "*iban*", "*card*number*", "*kartennummer*"];

    /// <summary>Patterns used when none are configured: IBANs and payment cards.</summary>
    public static IReadOnlyList<string> DefaultPatterns { get; } =
    [
        @"\b(?:[A-Za-z]{2}\d{2}(?: ?\d{4}){3,7}(?: ?\d{1,3})?|[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){3,7}(?: ?[0-9A-Z]{1,3})?)\b",
        @"\b[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{3,4}\b",
        @"\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b",
    ];

    /// <summary>Names of JSON properties, at any depth, whose values are replaced; <c>*</c> stands for anything, case does not matter. Empty means <see cref="DefaultKeys"/>.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Regular expressions; what they match inside a text or a number is replaced. Empty means <see cref="DefaultPatterns"/>.</summary>
    public IReadOnlyList<string> Patterns { get; init; } = [];
}
