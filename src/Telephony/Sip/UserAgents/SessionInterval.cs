using Telephony.Sip.Messages;

namespace Telephony.Sip.UserAgents;

/// <summary>Value of a Session-Expires header: <c>1800;refresher=uac</c> (RFC 4028 section 4).</summary>
/// <param name="Length">How long the session lasts without a refresh.</param>
/// <param name="Refresher">Who refreshes: the sender of the request (<c>uac</c>) or its receiver (<c>uas</c>); null when not said.</param>
internal readonly record struct SessionInterval(TimeSpan Length, string? Refresher)
{
    /// <summary>The option tag.</summary>
    public const string OptionTag = "timer";

    /// <summary>The sender of the request refreshes.</summary>
    public const string Sender = "uac";

    /// <summary>The receiver of the request refreshes.</summary>
    public const string Receiver = "uas";

    /// <summary>The message's interval; null when it has none that can be read.</summary>
    public static SessionInterval? Of(SipMessage message)
    {
        if (!TryRead(message, HeaderNames.SessionExpires, out var length, out var parameters))
            return null;
        var refresher = parameters.Get("refresher");
        return new(length, Sender.Equals(refresher, StringComparison.OrdinalIgnoreCase) ? Sender
            : Receiver.Equals(refresher, StringComparison.OrdinalIgnoreCase) ? Receiver
            : null);
    }

    /// <summary>The shortest interval that the message allows; zero when it does not say.</summary>
    public static TimeSpan Least(SipMessage message) => TryRead(message, HeaderNames.MinSe, out var length, out _) ? length : TimeSpan.Zero;

    /// <summary>Whether the message's sender knows session timers.</summary>
    public static bool IsKnownTo(SipMessage message) => Has(message, HeaderNames.Supported) || Has(message, HeaderNames.Require);

    /// <summary>The header value.</summary>
    public override string ToString() => Refresher is null ? Seconds(Length) : $"{Seconds(Length)};refresher={Refresher}";

    /// <summary>A header value of whole seconds.</summary>
    public static string Seconds(TimeSpan length) => $"{(long)length.TotalSeconds}";

    private static bool Has(SipMessage message, string header) => message.Headers.GetValues(header).Contains(OptionTag, StringComparer.OrdinalIgnoreCase);

    private static bool TryRead(SipMessage message, string header, out TimeSpan length, out SipParameters parameters)
    {
        (length, parameters) = (default, default);
        var value = (message.Headers.GetFirst(header) ?? "").AsSpan().Trim();
        var semicolon = value.IndexOf(';');
        if (!SipText.TryParseNumber((semicolon < 0 ? value : value[..semicolon]).Trim(), int.MaxValue, out var seconds))
            return false;
        length = TimeSpan.FromSeconds(seconds);
        return semicolon < 0 || SipParameters.TryParse(value[semicolon..], out parameters);
    }
}
