using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Telephony.Sip.Messages;

namespace Telephony.Calls;

/// <summary>One entry of the list of those who may be called: a number, the beginning of numbers, or user, host and port of a SIP URI.</summary>
/// <remarks>Only digits count as further digits: <c>+49*</c> does not allow what a switch would take for a command, such as <c>+49*21*</c>.</remarks>
internal sealed class OutboundPattern
{
    private const string Any = "*";
    private const string AnyPort = ":*";

    private static readonly SearchValues<char> NotInParts = SearchValues.Create("*@ <>\"'");
    private static readonly SearchValues<char> NumberChars = SearchValues.Create("0123456789#");

    private readonly string _user;
    private readonly string? _host;
    private readonly string? _port;   // null for the usual ones
    private readonly bool _isPrefix;

    private OutboundPattern(string user, string? host = null, string? port = null, bool isPrefix = false)
    {
        _user = user;
        _host = host;
        _port = port;
        _isPrefix = isPrefix;
    }

    /// <summary>Whether it is for one user of a host, not for whoever is there.</summary>
    public bool NamesUser => _host is not null && _user != Any;

    /// <summary>Reads an entry; never throws.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out OutboundPattern? pattern)
    {
        pattern = null;
        var at = text?.LastIndexOf('@') ?? -1;
        if (string.IsNullOrEmpty(text))
            return false;
        if (at >= 0)
            pattern = IsPart(text[..at]) && TryReadPlace(text[(at + 1)..], out var host, out var port) ? new(text[..at], host, port) : null;
        else if (text.TrimEnd('*') is { Length: > 0 } digits && text.Length - digits.Length <= 1 && IsNumber(digits))
            pattern = new(digits, isPrefix: text.EndsWith('*'));
        return pattern is not null;
    }

    /// <summary>Whether it has this target.</summary>
    public bool Matches(OutboundTarget target) => _host is null
        ? target.Host is null && MatchesNumber(target.User)
        : target.Host is { } host && IsEither(_host, host, StringComparison.OrdinalIgnoreCase) && IsEither(_user, target.User, StringComparison.Ordinal) && HasPort(target);

    /// <summary>Whether it is a rule for numbers and has this one, which has no separators.</summary>
    public bool MatchesNumber(string number) => _host is null
        && (number == _user || (_isPrefix && number.StartsWith(_user, StringComparison.Ordinal) && !number.AsSpan(_user.Length).ContainsAnyExceptInRange('0', '9')));

    private bool HasPort(OutboundTarget target) =>
        _port is null ? target.IsAtUsualPort : _port == Any || _port == target.Uri?.Port?.ToString(CultureInfo.InvariantCulture);

    private static bool IsEither(string wanted, string given, StringComparison comparison) => wanted == Any || wanted.Equals(given, comparison);

    private static bool IsPart(string text) => text == Any || (text.Length > 0 && !text.AsSpan().ContainsAny(NotInParts));

    private static bool TryReadPlace(string text, out string host, out string? port)
    {
        host = Any;
        port = Any;
        if (text == Any)
            return true;
        var isAnyPort = text.EndsWith(AnyPort, StringComparison.Ordinal);
        if (!HostPort.TryParse(isAnyPort ? text[..^AnyPort.Length] : text, out host, out var number))
            return false;
        port = isAnyPort ? Any : number?.ToString(CultureInfo.InvariantCulture);
        return !isAnyPort || number is null;
    }

    private static bool IsNumber(string text) => text == "+" || !text.AsSpan(text[0] == '+' ? 1 : 0).ContainsAnyExcept(NumberChars);
}
