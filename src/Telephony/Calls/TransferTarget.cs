using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Telephony.Sip.Messages;

namespace Telephony.Calls;

/// <summary>Whom a call may be transferred to: a <c>sip:</c>, <c>sips:</c> or <c>tel:</c> URI, or a number that is dialled where the caller is at home.</summary>
/// <remarks>A number gets the domain of the caller's From header, which for a trunk or a PBX is its own; when that is withheld, the host of the caller's
/// Contact. What could make the caller's device do more than call (URI headers, another method) is refused.</remarks>
public sealed class TransferTarget
{
    private const int MaxDigits = 32;
    private const int MaxUriCharacters = 512;   // leaves a REFER within one datagram

    private static readonly SearchValues<char> DialledChars = SearchValues.Create("0123456789*#");

    // RFC 3966 section 3: hexadecimal digits are legal in local numbers.
    private static readonly SearchValues<char> TelChars = SearchValues.Create("0123456789ABCDEFabcdef*#-.()");

    private readonly SipUri? _uri;
    private readonly string _number;

    private TransferTarget(SipUri? uri, string number)
    {
        _uri = uri;
        _number = number;
    }

    /// <summary>Reads a target; never throws. Blanks, hyphens, dots, brackets and slashes within a number are for people and left out.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out TransferTarget? target)
    {
        var trimmed = text.AsSpan().Trim();
        target = null;
        if (trimmed.Contains(':'))
        {
            if (trimmed.Length <= MaxUriCharacters && SipUri.TryParse(trimmed, out var uri) && (IsCallable(uri) || IsTel(uri)))
                target = new TransferTarget(uri, "");
        }
        else if (TryReadNumber(trimmed, out var number))
        {
            target = new TransferTarget(null, number);
        }
        return target is not null;
    }

    /// <summary>The URI that was given; null for a number.</summary>
    internal SipUri? Uri => _uri;

    /// <summary>The target as it was given, a number without what was left out.</summary>
    public override string ToString() => _uri?.ToString() ?? _number;

    /// <summary>The URI that this caller's device is told to call.</summary>
    /// <param name="from">The caller's From.</param>
    /// <param name="remoteTarget">The caller's Contact.</param>
    internal SipUri UriFor(SipUri from, SipUri remoteTarget)
    {
        if (_uri is not null)
            return _uri;
        var home = HasDomain(from) ? from : remoteTarget;
        return home.IsSip
            ? new SipUri { User = _number, Host = home.Host, Port = home.Port }
            : new SipUri { Scheme = "tel", Opaque = _number };
    }

    // RFC 2606: nothing is reachable below .invalid; anonymous callers use it (RFC 3323 section 4.1.1.3).
    private static bool HasDomain(SipUri uri) => uri.IsSip && !uri.Host.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase);

    private static bool IsCallable(SipUri uri) => uri.IsSip && uri.Headers is null && uri.GetParameter("method") is null;

    private static bool IsTel(SipUri uri)
    {
        if (uri is not { Scheme: "tel", Opaque: { } opaque })
            return false;
        var semicolon = opaque.IndexOf(';');
        var number = (semicolon < 0 ? opaque : opaque.AsSpan(0, semicolon)).TrimStart('+');
        return !number.IsEmpty && !number.ContainsAnyExcept(TelChars) && SipParameters.TryParse(semicolon < 0 ? [] : opaque.AsSpan(semicolon), out _);
    }

    private static bool TryReadNumber(ReadOnlySpan<char> text, out string number)
    {
        number = string.Concat(text.ToString().Where(c => !" -.()/".Contains(c)));
        var digits = number.AsSpan(number.StartsWith('+') ? 1 : 0);
        return digits.Length is > 0 and <= MaxDigits && !digits.ContainsAnyExcept(DialledChars);
    }
}
