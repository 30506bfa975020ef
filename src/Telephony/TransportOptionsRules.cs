using Telephony.Sip.Ladders;
using Telephony.Sip.Resolution;
using Telephony.Sip.Transport;

namespace Telephony;

/// <summary>What is wrong with the settings of TCP, TLS, DNS and HEP; whether the certificate files can be used shows when they are loaded, at start.</summary>
internal static class TransportOptionsRules
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>A sentence for each fault.</summary>
    public static IEnumerable<string> Errors(TelephonyOptions options) => [.. TcpErrors(options.Tcp), .. TlsErrors(options), .. DnsErrors(options.Dns), .. HepErrors(options.Hep)];

    private static IEnumerable<string> TcpErrors(TcpLimits tcp) => Faults(
        Count("Tcp:MaxConnections", tcp.MaxConnections, 1, 1_000_000),
        Count("Tcp:MaxConnectionsPerAddress", tcp.MaxConnectionsPerAddress, 1, 1_000_000),
        Count("Tcp:MaxQueuedMessages", tcp.MaxQueuedMessages, 1, 10_000),
        Time("Tcp:MessageTimeout", tcp.MessageTimeout, Second, TimeSpan.FromMinutes(10)),
        Time("Tcp:IdleTimeout", tcp.IdleTimeout, 10 * Second, TimeSpan.FromDays(1)),
        Time("Tcp:WriteTimeout", tcp.WriteTimeout, Second, TimeSpan.FromMinutes(1)),
        tcp.KeepAliveInterval == TimeSpan.Zero ? null : Time("Tcp:KeepAliveInterval", tcp.KeepAliveInterval, 10 * Second, TimeSpan.FromHours(1)));

    private static IEnumerable<string> TlsErrors(TelephonyOptions options)
    {
        var tls = options.Tls;
        var isListened = options.ListenEndPoints.Any(listen => listen.Protocol == SipProtocol.Tls);
        return Faults(
            isListened && tls.CertificateFile.Length == 0
                ? TelephonyOptionsValidator.Message("Tls:CertificateFile", "", "a file", "Telephony:Listen has a tls:// address, which needs a certificate") : null,
            tls.PublicName.Length > 0 && Uri.CheckHostName(tls.PublicName) != UriHostNameType.Dns
                ? TelephonyOptionsValidator.Message("Tls:PublicName", tls.PublicName, "a host name", "use the name that the certificate is for, or leave it out") : null,
            Time("Tls:HandshakeTimeout", tls.HandshakeTimeout, Second, TimeSpan.FromMinutes(1)),
            Count("Tls:MaxHandshakes", tls.MaxHandshakes, 1, 100_000),
            Count("Tls:MaxHandshakesPerAddress", tls.MaxHandshakesPerAddress, 1, 100_000));
    }

    private static IEnumerable<string> DnsErrors(DnsOptions dns) => Faults(
        [.. dns.Servers.Select((server, i) => DnsOptions.TryParseServer(server, out _) ? null
            : TelephonyOptionsValidator.Message($"Dns:Servers:{i}", server, "a name server", "use ADDRESS or ADDRESS:PORT, or leave the list empty for the system's")),
        Time("Dns:Timeout", dns.Timeout, TimeSpan.FromMilliseconds(100), 10 * Second)]);

    private static IEnumerable<string> HepErrors(HepOptions hep) => Faults(
        hep.Collector.Length > 0 && hep.Target is null
            ? TelephonyOptionsValidator.Message("Hep:Collector", hep.Collector, "a capture server", "use HOST:PORT, such as homer:9060, or leave it empty") : null,
        Count("Hep:CaptureId", hep.CaptureId, 0, int.MaxValue));

    private static IEnumerable<string> Faults(params string?[] faults) => faults.OfType<string>();

    private static string? Count(string key, int value, int least, int most) =>
        value >= least && value <= most ? null : TelephonyOptionsValidator.Message(key, $"{value}", "a bound", $"use {least} to {most}");

    private static string? Time(string key, TimeSpan value, TimeSpan least, TimeSpan most) =>
        value >= least && value <= most ? null : TelephonyOptionsValidator.Message(key, $"{value}", "a time limit", $"use {least:c} to {most:c}");
}
