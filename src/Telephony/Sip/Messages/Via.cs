using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Telephony.Sip.Messages;

/// <summary>One hop on a request's way, by which its responses go back (RFC 3261 section 20.42, RFC 3581).</summary>
public sealed record Via
{
    /// <summary>What a branch of RFC 3261 starts with; any other comes from RFC 2543 (section 8.1.1.7).</summary>
    public const string MagicCookie = "z9hG4bK";

    private const string SipProtocol = "SIP/2.0";
    private const string BranchName = "branch";
    private const string ReceivedName = "received";
    private const string RPortName = "rport";

    /// <summary>Protocol name and version; anything but <c>SIP/2.0</c> comes with a request that is answered 505.</summary>
    public string Protocol { get; init; } = SipProtocol;

    /// <summary>Transport in upper case: <c>UDP</c>, <c>TCP</c>, <c>TLS</c> or whatever the peer calls it.</summary>
    public required string Transport { get; init; }

    /// <summary>Host name or address the sender gave; an IPv6 address without its brackets.</summary>
    public required string Host { get; init; }

    /// <summary>Port the sender gave; null means the transport's default.</summary>
    public int? Port { get; init; }

    /// <summary>All parameters, those with a property of their own included.</summary>
    public SipParameters Parameters { get; init; }

    /// <summary>Transaction identifier; null when there is none or it is empty.</summary>
    public string? Branch
    {
        get => NonEmpty(BranchName);
        init => Parameters = Set(BranchName, value);
    }

    /// <summary>Source address as the receiver saw it, without brackets; null when there is none.</summary>
    public string? Received
    {
        get => NonEmpty(ReceivedName) is ['[', .. var address, ']'] ? address : NonEmpty(ReceivedName);
        init => Parameters = Set(ReceivedName, value);
    }

    /// <summary>Whether the sender asks for the response at its source port (RFC 3581 section 3).</summary>
    public bool HasRPort
    {
        get => Parameters.Contains(RPortName);
        init => Parameters = value ? Parameters.With(RPortName, null) : Parameters.Without(RPortName);
    }

    /// <summary>Source port as the receiver saw it; null when the parameter has no value yet.</summary>
    public int? RPort
    {
        get => SipText.TryParseNumber(Parameters.Get(RPortName), 65_535, out var port) ? (int)port : null;
        init => Parameters = Set(RPortName, value?.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Reads one value, such as <c>SIP/2.0/UDP pc33.atlanta.com:5060;branch=z9hG4bK776asdhds</c>; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, [NotNullWhen(true)] out Via? via)
    {
        via = null;
        value = SipText.Trim(value);
        if (!TryTakeToken(ref value, '/', out var name) || !TryTakeToken(ref value, '/', out var version))
            return false;
        var transportEnd = value.IndexOfAny(' ', '\t');
        if (transportEnd < 0 || !SipText.IsToken(value[..transportEnd]))
            return false;
        var sentBy = value[transportEnd..];
        var parametersStart = sentBy.IndexOf(';');
        var parameterText = parametersStart < 0 ? [] : sentBy[parametersStart..];
        if (parametersStart >= 0)
            sentBy = sentBy[..parametersStart];
        if (!HostPort.TryParse(sentBy, out var host, out var port) || !SipParameters.TryParse(parameterText, out var parameters))
            return false;

        via = new Via
        {
            Protocol = name is "SIP" && version is "2.0" ? SipProtocol : $"{name}/{version}",
            Transport = TransportName(value[..transportEnd]),
            Host = host,
            Port = port,
            Parameters = parameters,
        };
        return true;
    }

    /// <summary>The header value.</summary>
    public override string ToString() => $"{Protocol}/{Transport} {HostPort.ToString(Host, Port)}{Parameters}";

    private static bool TryTakeToken(ref ReadOnlySpan<char> rest, char end, out ReadOnlySpan<char> token)
    {
        var at = rest.IndexOf(end);
        token = at < 0 ? default : SipText.Trim(rest[..at]);
        rest = at < 0 ? rest : SipText.Trim(rest[(at + 1)..]);
        return SipText.IsToken(token);
    }

    private static string TransportName(ReadOnlySpan<char> text) => text switch
    {
        "UDP" => "UDP",
        "TCP" => "TCP",
        "TLS" => "TLS",
        _ => text.ToString().ToUpperInvariant(),
    };

    private string? NonEmpty(string name) => Parameters.Get(name) is { Length: > 0 } value ? value : null;

    private SipParameters Set(string name, string? value) => value is null ? Parameters.Without(name) : Parameters.With(name, value);
}
