using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Telephony.Calls;

/// <summary>One entry of the list of those who may be called: a number, the beginning of numbers, or user and host of a SIP URI.</summary>
/// <remarks>Only digits count as further digits: <c>+49*</c> does not allow what a switch would take for a command, such as <c>+49*21*</c>.</remarks>
internal sealed class OutboundPattern
{
    private const string Any = "*";

    private static readonly SearchValues<char> NotInParts = SearchValues.Create("*@ <>\"'");
    private static readonly SearchValues<char> NumberChars = SearchValues.Create("0123456789#");

    private readonly string _user;
    private readonly string? _host;
    private readonly bool _isPrefix;

    private OutboundPattern(string user, string? host, bool isPrefix)
    {
        _user = user;
        _host = host;
        _isPrefix = isPrefix;
    }

    /// <summary>Reads an entry; never throws.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out OutboundPattern? pattern)
    {
        pattern = null;
        var at = text?.LastIndexOf('@') ?? -1;
        if (string.IsNullOrEmpty(text))
            return false;
        if (at >= 0)
            pattern = IsPart(text[..at]) && IsPart(text[(at + 1)..]) ? new(text[..at], text[(at + 1)..], isPrefix: false) : null;
        else if (text.TrimEnd('*') is { Length: > 0 } digits && text.Length - digits.Length <= 1 && IsNumber(digits))
            pattern = new(digits, null, isPrefix: text.EndsWith('*'));
        return pattern is not null;
    }

    /// <summary>Whether it has this target.</summary>
    public bool Matches(OutboundTarget target) => _host is null
        ? target.Host is null && IsOf(target.User)
        : target.Host is { } host && IsEither(_host, host, StringComparison.OrdinalIgnoreCase) && IsEither(_user, target.User, StringComparison.Ordinal);

    private bool IsOf(string number) =>
        number == _user || (_isPrefix && number.StartsWith(_user, StringComparison.Ordinal) && !number.AsSpan(_user.Length).ContainsAnyExceptInRange('0', '9'));

    private static bool IsEither(string wanted, string given, StringComparison comparison) => wanted == Any || wanted.Equals(given, comparison);

    private static bool IsPart(string text) => text == Any || (text.Length > 0 && !text.AsSpan().ContainsAny(NotInParts));

    private static bool IsNumber(string text) => text == "+" || !text.AsSpan(text[0] == '+' ? 1 : 0).ContainsAnyExcept(NumberChars);
}
