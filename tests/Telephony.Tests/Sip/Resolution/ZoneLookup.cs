using System.Globalization;
using System.Net;
using Telephony.Sip.Resolution;

namespace Telephony.Tests.Sip.Resolution;

/// <summary>A zone in memory, written as text like that of <see cref="Support.Dns.TestDnsServer"/>; answers at once.</summary>
internal sealed class ZoneLookup(params string[] zone) : IDnsLookup
{
    /// <summary>The records; may be changed between lookups.</summary>
    public List<string> Zone { get; } = [.. zone];

    /// <summary>What was asked: <c>example.com NAPTR</c>.</summary>
    public List<string> Questions { get; } = [];

    /// <summary>Whether nobody answers.</summary>
    public bool IsDown { get; set; }

    /// <summary>How long answers hold.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromMinutes(1);

    public Task<DnsAnswer> QueryAsync(string name, DnsRecordType type)
    {
        var kind = type.ToString().ToUpperInvariant();
        Questions.Add($"{name} {kind}");
        var records = Zone.Select(line => line.Split(' ')).Where(words => words[0] == name && words[1] == kind).Select(words => Record(kind, words[2..])).ToList();
        return Task.FromResult(IsDown ? DnsAnswer.Failed : records.Count == 0 ? DnsAnswer.None(TimeToLive) : new(DnsStatus.Found, records, TimeToLive));
    }

    private static DnsRecord Record(string kind, string[] data) => kind switch
    {
        "A" or "AAAA" => new AddressRecord(IPAddress.Parse(data[0])),
        "SRV" => new SrvRecord(Number(data[0]), Number(data[1]), Number(data[2]), data[3] == "." ? "" : data[3]),
        _ => new NaptrRecord(Number(data[0]), Number(data[1]), data[2], data[3], data[4]),
    };

    private static ushort Number(string text) => ushort.Parse(text, CultureInfo.InvariantCulture);
}
