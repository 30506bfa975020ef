using System.Net;
using Telephony.Nat;
using Telephony.Sip.Resolution;
using Telephony.Sip.Transport;

namespace Telephony.Checks;

/// <summary>Which address callers are told, and whether they can reach it.</summary>
internal static class PublicAddressCheck
{
    private const string Subject = "Public address";

    /// <summary>Finds it out as the service would.</summary>
    public static async Task<LineFinding> RunAsync(TelephonyOptions options, TimeProvider timeProvider, CancellationToken cancellation)
    {
        if (!PublicAddressSetting.TryParse(options.PublicAddress, out var setting))
            return OfThisMachine(options);
        if (setting.Address is { } configured)
            return new(Subject, IsGood: true, $"callers are told {configured}, as configured; the router must send SIP and the media ports from there to this machine");
        var dns = NameLookup.Create(options.Dns, timeProvider);
        var host = IPAddress.TryParse(setting.Host, out var numeric) ? numeric
            : (await dns.QueryAsync(setting.Host, DnsRecordType.A)).Records.OfType<AddressRecord>().FirstOrDefault()?.Address;
        if (host is null)
            return new(Subject, IsGood: false, $"there is no address for {setting.Host}: check Telephony:PublicAddress and the name servers");
        if (setting.StunPort is not { } port)
            return new(Subject, IsGood: true, $"callers are told {host}, the address of {setting.Host}; the router must send SIP and the media ports from there to this machine");
        return await StunClient.AskAsync(new(host, port), timeProvider, cancellation) is { } seen
            ? new(Subject, IsGood: true, $"callers are told {seen}, as {setting.Host} sees us; the router must send SIP and the media ports from there to this machine")
            : new(Subject, IsGood: false, $"the STUN server {setting.Host} does not answer: let UDP to its port {port} out, or name another in Telephony:PublicAddress");
    }

    private static LineFinding OfThisMachine(TelephonyOptions options)
    {
        var addresses = options.ListenEndPoints.Select(listen => listen.EndPoint.Address).Distinct().ToList();
        var isPublic = addresses.Exists(address => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !PrivateAddress.Is(address));
        return new(Subject, IsGood: true, isPublic ? "callers are told the address that they reach"
            : "callers are told the address that they reach; if a NAT lies between them and this machine, set Telephony:PublicAddress");
    }
}
