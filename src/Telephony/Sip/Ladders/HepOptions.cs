namespace Telephony.Sip.Ladders;

/// <summary>Copies of all SIP messages for a capture server such as Homer (HEP version 3 over UDP).</summary>
public sealed class HepOptions
{
    /// <summary>Address or name of the server, and its port: <c>homer:9060</c>; empty for none.</summary>
    public string Collector { get; init; } = "";

    /// <summary>Number that tells this service's copies from others' (capture agent id).</summary>
    public int CaptureId { get; init; } = 2001;

    /// <summary>Password that the server may want; a secret.</summary>
    public string Password { get; init; } = "";

    /// <summary>Host and port of <see cref="Collector"/>; null where it cannot be read.</summary>
    internal (string Host, int Port)? Target =>
        Uri.TryCreate($"udp://{Collector}", UriKind.Absolute, out var uri) && uri is { Port: > 0, PathAndQuery: "/" or "", UserInfo: "" } && uri.Host.Length > 0
            ? (uri.IdnHost.Trim('[', ']'), uri.Port) : null;
}
