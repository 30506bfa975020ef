using System.Diagnostics.CodeAnalysis;
using System.Net;
using Telephony.Sip.Authentication;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Trunks;

/// <summary>A trunk of the configuration: its name, its settings, and the addresses that are its own.</summary>
/// <remarks>Any thread.</remarks>
public sealed class Trunk
{
    private readonly AddressRange[] _configured;
    private readonly Resolved _resolved;

    internal Trunk(string name, TrunkOptions options, Trunk? former = null)
    {
        Name = name;
        _resolved = former?._resolved ?? new Resolved();
        Options = options;
        Server = TryParseServer(options.Server, out var server) ? server : null;
        Account = former is not null ? former.Account
            : options.Username.Length > 0 || options.AuthUsername.Length > 0
            ? new DigestAccount(options.AuthUsername.Length > 0 ? options.AuthUsername : options.Username, options.Password, options.Realms)
            : null;
        _configured = [.. options.Addresses.Select(text => AddressRange.TryParse(text, out var range) ? range : (AddressRange?)null).OfType<AddressRange>()];
    }

    /// <summary>Its key in the configuration.</summary>
    public string Name { get; }

    /// <summary>Its settings.</summary>
    public TrunkOptions Options { get; }

    /// <summary>Where our requests to it go; null for a trunk that only calls us.</summary>
    internal SipUri? Server { get; }

    /// <summary>Our address as it is told it; null for the one that others are told.</summary>
    internal IPAddress? PublicAddress => IPAddress.TryParse(Options.PublicAddress, out var address) ? address : null;

    /// <summary>What its servers are shown when they ask who we are over TLS; null for the certificate of the service, if there is one.</summary>
    internal ClientCertificate? ClientCertificate => Options.ClientCertificate.CertificateFile.Length > 0
        ? new ClientCertificate($"{TelephonyOptions.Section}:Trunks:{Name}:{nameof(Options.ClientCertificate)}", Options.ClientCertificate) : null;

    /// <summary>What stands behind the @ of our address there.</summary>
    internal string Domain => Options.Domain.Length > 0 ? Options.Domain : Server?.Host ?? "";

    /// <summary>What its challenges are answered with; null without a user name. Owned by the signalling loop.</summary>
    internal DigestAccount? Account { get; }

    /// <summary>User part of the Contact that we register: calls of this registration carry it in their Request-URI, and name their destination in To.</summary>
    internal string ContactUser => Name;

    /// <summary>The addresses that the name of its server leads to, or led to lately: they are the trunk's as well as the configured ones.</summary>
    internal IEnumerable<IPAddress> ServerAddresses
    {
        set => _resolved.Ranges = [.. value.Select(AddressRange.Of)];
    }

    /// <summary>The trunk with other settings: itself where they are the same. Where those of its line are, the line is shared.</summary>
    internal Trunk With(TrunkOptions options) =>
        TrunkChange.IsNone(Options, options) ? this : new Trunk(Name, options, TrunkChange.KeepsLine(Options, options) ? this : null);

    /// <summary>Whether another trunk is this one, before or after a change that its server need not know of.</summary>
    internal bool SharesLine(Trunk other) => other._resolved == _resolved;

    /// <summary>Whether a Request-URI with that user is the Contact that we registered: its To says what was dialled.</summary>
    internal bool IsRegisteredAs(string? user) => Options.Register && ContactUser.Equals(user, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads what may stand in <see cref="TrunkOptions.Server"/>.</summary>
    internal static bool TryParseServer(string text, [NotNullWhen(true)] out SipUri? server)
    {
        var hasScheme = text.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);
        return SipUri.TryParse(hasScheme ? text : $"sip:{text}", out server) && server is { IsSip: true, Host.Length: > 0, UserInfo: null, Headers: null };
    }

    /// <summary>Whether its server is one that is connected to over TLS and no other way.</summary>
    internal static bool IsReachedOverTls(TrunkOptions options) => TryParseServer(options.Server, out var server)
        && (server.IsSecure || "tls".Equals(server.GetParameter("transport"), StringComparison.OrdinalIgnoreCase));

    /// <summary>How exactly an address is the trunk's: the bits of the smallest range that has it; -1 when it is not the trunk's.</summary>
    internal int Match(IPAddress address) => Math.Max(Match(_configured, address), Match(_resolved.Ranges, address));

    private static int Match(AddressRange[] ranges, IPAddress address)
    {
        var longest = -1;
        foreach (var range in ranges)
        {
            if (range.PrefixLength > longest && range.Contains(address))
                longest = range.PrefixLength;
        }
        return longest;
    }

    private sealed class Resolved
    {
        public volatile AddressRange[] Ranges = [];
    }
}
