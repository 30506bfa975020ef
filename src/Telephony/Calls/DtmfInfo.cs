using System.Globalization;

namespace Telephony.Calls;

/// <summary>Body of an INFO -> the key that was pressed: application/dtmf-relay and application/dtmf, which no RFC defines and each vendor writes its way.</summary>
internal static class DtmfInfo
{
    private const int MaxBodyBytes = 512;
    private const int MaxDurationMs = 60_000;

    // RFC 4733 section 3.2: event codes 0-15 in order; some devices send the code instead of the key.
    private const string KeysByEventCode = "0123456789*#ABCD";
    private const int FlashEventCode = 16;

    /// <summary>True for the two content types that carry a key, parameters or not.</summary>
    public static bool IsDtmf(string? contentType)
    {
        var type = contentType.AsSpan();
        var semicolon = type.IndexOf(';');
        type = (semicolon < 0 ? type : type[..semicolon]).Trim();
        return type.Equals("application/dtmf-relay", StringComparison.OrdinalIgnoreCase) || type.Equals("application/dtmf", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads <c>Signal=7 Duration=160</c> (each on its line, any case, blanks anywhere) or the key alone.</summary>
    /// <param name="body">The INFO's body.</param>
    /// <param name="digit">0-9, *, #, A-D; null for a hook flash, which is valid and no digit.</param>
    /// <param name="durationMs">How long the key was held; 0 when not said.</param>
    /// <returns>False if the body names no key: 400.</returns>
    public static bool TryParse(ReadOnlySpan<byte> body, out char? digit, out int durationMs)
    {
        digit = null;
        durationMs = 0;
        if (body.Length > MaxBodyBytes)
            return false;

        Span<char> characters = stackalloc char[body.Length];
        for (var i = 0; i < body.Length; i++)
            characters[i] = (char)body[i];
        ReadOnlySpan<char> text = characters;
        if (!text.Contains('='))
            return TryParseSignal(text.Trim(), out digit);

        var hasSignal = false;
        foreach (var line in text.EnumerateLines())
        {
            var equals = line.IndexOf('=');
            var name = equals < 0 ? default : line[..equals].Trim();
            var value = equals < 0 ? default : line[(equals + 1)..].Trim();
            if (name.Equals("Signal", StringComparison.OrdinalIgnoreCase))
                hasSignal = TryParseSignal(value, out digit);
            else if (name.Equals("Duration", StringComparison.OrdinalIgnoreCase) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var ms))
                durationMs = Math.Min(ms, MaxDurationMs);
        }
        return hasSignal;
    }

    private static bool TryParseSignal(ReadOnlySpan<char> value, out char? digit)
    {
        digit = null;
        if (value is "!")
            return true;   // hook flash
        if (value.Length == 1 && KeysByEventCode.Contains(char.ToUpperInvariant(value[0]), StringComparison.Ordinal))
        {
            digit = char.ToUpperInvariant(value[0]);
            return true;
        }
        if (value.Length != 2 || !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code > FlashEventCode)
            return false;
        digit = code == FlashEventCode ? null : KeysByEventCode[code];
        return true;
    }
}
