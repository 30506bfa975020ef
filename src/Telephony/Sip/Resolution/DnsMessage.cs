using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Telephony.Sip.Resolution;

/// <summary>A reply as read: what it answers, or where to ask on.</summary>
/// <param name="IsTruncated">It did not fit: to be asked again over TCP.</param>
/// <param name="Answer">The records.</param>
/// <param name="Alias">The name that stands for the one asked for, when its own records were not in the reply; else null.</param>
internal sealed record DnsReply(bool IsTruncated, DnsAnswer Answer, string? Alias = null);

/// <summary>Questions to and replies of name servers as bytes (RFC 1035 section 4).</summary>
internal static class DnsMessage
{
    /// <summary>255 bytes with the first length and the final zero.</summary>
    private const int MaxNameChars = 253;
    private const int MaxLabelBytes = 63;
    private const int MaxRecords = 256;
    private const int MaxAliases = 8;
    private const ushort InternetClass = 1;

    private const ushort RecursionDesired = 0x0100;
    private const ushort IsReply = 0x8000;
    private const ushort OperationMask = 0x7800;
    private const ushort Truncated = 0x0200;
    private const ushort ResultMask = 0x000F;
    private const ushort NoSuchName = 3;

    /// <summary>Bounds of how long an answer is believed: a change is noticed, and a server is not asked for every call.</summary>
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);

    /// <summary>"There is none" is believed for less: somebody may be about to put it there.</summary>
    private static readonly TimeSpan LongestAbsence = TimeSpan.FromMinutes(1);

    private readonly record struct Record(string Owner, DnsRecordType Type, uint TimeToLive, DnsRecord? Value, string? Alias);

    /// <summary>Writes a question; false for what is no name.</summary>
    public static bool TryWriteQuery(ushort id, string name, DnsRecordType type, [NotNullWhen(true)] out byte[]? query)
    {
        query = null;
        var labels = name.Split('.');
        if (name.Length > MaxNameChars || !Ascii.IsValid(name) || labels.Any(label => label.Length is 0 or > MaxLabelBytes))
            return false;
        using var stream = new MemoryStream();
        Write(stream, id, RecursionDesired, 1, 0, 0, 0);
        foreach (var label in labels)
        {
            stream.WriteByte((byte)label.Length);
            stream.Write(Encoding.ASCII.GetBytes(label));
        }
        stream.WriteByte(0);
        Write(stream, (ushort)type, InternetClass);
        query = stream.ToArray();
        return true;
    }

    /// <summary>Reads a reply; false for what does not answer that question, or cannot be read. Never throws.</summary>
    public static bool TryReadReply(ReadOnlySpan<byte> message, ushort id, string name, DnsRecordType type, [NotNullWhen(true)] out DnsReply? reply)
    {
        reply = null;
        var reader = new DnsReader(message);
        if (!TryReadHeader(ref reader, id, out var flags, out var answers, out var authorities) || !TryReadQuestion(ref reader, name, type))
            return false;
        if ((flags & Truncated) != 0)
        {
            reply = new(IsTruncated: true, DnsAnswer.Failed);
            return true;
        }
        var result = flags & ResultMask;
        List<Record> records = [];
        if (result is not (0 or NoSuchName))
            reply = new(IsTruncated: false, DnsAnswer.Failed);
        else if (TryReadRecords(ref reader, answers + authorities, type, records))
            reply = Reply(records, answers, name.ToLowerInvariant(), type);
        return reply is not null;
    }

    private static bool TryReadHeader(ref DnsReader reader, ushort id, out ushort flags, out ushort answers, out ushort authorities)
    {
        flags = answers = authorities = 0;
        return reader.TryReadUInt16(out var readId) && readId == id
            && reader.TryReadUInt16(out flags) && (flags & IsReply) != 0 && (flags & OperationMask) == 0
            && reader.TryReadUInt16(out var questions) && questions == 1
            && reader.TryReadUInt16(out answers) && reader.TryReadUInt16(out authorities)
            && answers + authorities <= MaxRecords
            && reader.TryReadUInt16(out _);
    }

    private static bool TryReadQuestion(ref DnsReader reader, string name, DnsRecordType type) =>
        reader.TryReadName(out var asked) && asked.Equals(name, StringComparison.OrdinalIgnoreCase)
        && reader.TryReadUInt16(out var askedType) && askedType == (ushort)type
        && reader.TryReadUInt16(out var askedClass) && askedClass == InternetClass;

    private static bool TryReadRecords(ref DnsReader reader, int count, DnsRecordType type, List<Record> records)
    {
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadName(out var owner) || !reader.TryReadUInt16(out var kind) || !reader.TryReadUInt16(out _)
                || !reader.TryReadUInt32(out var timeToLive) || !reader.TryReadUInt16(out var length))
                return false;
            var start = reader.Position;
            if (!TryReadData(reader, (DnsRecordType)kind, type, length, ref timeToLive, out var value, out var alias)
                || !reader.TryReadBytes(length, out _) || reader.Position != start + length)
                return false;
            records.Add(new(owner, (DnsRecordType)kind, timeToLive, value, alias));
        }
        return true;
    }

    /// <summary>Reads with a copy of the reader: how far the record goes is said by its length. Other kinds than the wanted one are passed over.</summary>
    private static bool TryReadData(DnsReader reader, DnsRecordType kind, DnsRecordType wanted, int length, ref uint timeToLive, out DnsRecord? value, out string? alias)
    {
        value = null;
        alias = null;
        var end = reader.Position + length;
        var isRead = kind switch
        {
            DnsRecordType.Cname => reader.TryReadName(out alias),
            DnsRecordType.Soa => TryReadAbsence(ref reader, ref timeToLive),
            _ when kind != wanted => reader.TryReadBytes(length, out _),
            DnsRecordType.A or DnsRecordType.Aaaa => TryReadAddress(ref reader, kind, length, out value),
            DnsRecordType.Srv => TryReadSrv(ref reader, out value),
            DnsRecordType.Naptr => TryReadNaptr(ref reader, out value),
            _ => false,
        };
        return isRead && reader.Position == end;
    }

    private static bool TryReadAddress(ref DnsReader reader, DnsRecordType kind, int length, out DnsRecord? value)
    {
        value = null;
        if (length != (kind == DnsRecordType.A ? 4 : 16) || !reader.TryReadBytes(length, out var bytes))
            return false;
        value = new AddressRecord(new IPAddress(bytes));
        return true;
    }

    private static bool TryReadSrv(ref DnsReader reader, out DnsRecord? value)
    {
        value = null;
        if (!reader.TryReadUInt16(out var priority) || !reader.TryReadUInt16(out var weight) || !reader.TryReadUInt16(out var port) || !reader.TryReadName(out var target))
            return false;
        value = new SrvRecord(priority, weight, port, target);
        return true;
    }

    private static bool TryReadNaptr(ref DnsReader reader, out DnsRecord? value)
    {
        value = null;
        if (!reader.TryReadUInt16(out var order) || !reader.TryReadUInt16(out var preference) || !reader.TryReadText(out var flags)
            || !reader.TryReadText(out var service) || !reader.TryReadText(out _) || !reader.TryReadName(out var replacement))
            return false;
        value = new NaptrRecord(order, preference, flags, service, replacement);
        return true;
    }

    /// <summary>"There is none" lives as long as the SOA record and its last field both allow (RFC 2308 section 5).</summary>
    private static bool TryReadAbsence(ref DnsReader reader, ref uint timeToLive)
    {
        if (!reader.TryReadName(out _) || !reader.TryReadName(out _))
            return false;
        for (var i = 0; i < 4; i++)
        {
            if (!reader.TryReadUInt32(out _))
                return false;
        }
        if (!reader.TryReadUInt32(out var minimum))
            return false;
        timeToLive = Math.Min(timeToLive, minimum);
        return true;
    }

    private static DnsReply Reply(List<Record> records, int answers, string name, DnsRecordType type)
    {
        var life = uint.MaxValue;
        var owner = name;
        for (var i = 0; i < MaxAliases; i++)
        {
            var found = records.Take(answers).Where(record => record.Owner == owner && record.Type == type && record.Value is not null).ToList();
            if (found.Count > 0)
                return new(IsTruncated: false, new(DnsStatus.Found, found.ConvertAll(record => record.Value!), Life(Math.Min(life, found.Min(record => record.TimeToLive)), LongestLife)));
            if (records.Take(answers).FirstOrDefault(record => record.Owner == owner && record.Alias is not null) is not { Alias: { } alias } step)
                break;
            life = Math.Min(life, step.TimeToLive);
            owner = alias;
        }
        var absence = records.Skip(answers).FirstOrDefault(record => record.Type == DnsRecordType.Soa);
        var answer = DnsAnswer.None(Life(absence.Owner is null ? 0 : absence.TimeToLive, LongestAbsence));
        return new(IsTruncated: false, answer, owner == name || absence.Owner is not null ? null : owner);
    }

    // The top bit makes it zero (RFC 2181 section 8).
    private static TimeSpan Life(uint seconds, TimeSpan longest)
    {
        var life = TimeSpan.FromSeconds(seconds > int.MaxValue ? 0 : (int)seconds);
        return life < ShortestLife ? ShortestLife : life > longest ? longest : life;
    }

    private static void Write(MemoryStream stream, params ReadOnlySpan<ushort> values)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
            stream.Write(bytes);
        }
    }
}
