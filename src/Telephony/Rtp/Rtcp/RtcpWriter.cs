using System.Buffers.Binary;
using System.Text;

namespace Telephony.Rtp.Rtcp;

/// <summary>Writes the compound packets that we send: a report, who we are, and a goodbye at the end (RFC 3550 section 6.1).</summary>
/// <remarks>Owned by the media clock's thread; allocates when built only.</remarks>
internal sealed class RtcpWriter
{
    private const int HeaderBytes = 4;
    private const byte CanonicalName = 1;

    private readonly byte[] _datagram = new byte[256];
    private readonly byte[] _cname;
    private int _length;

    /// <param name="cname">Our canonical name, the same for the whole call (RFC 7022); at most 100 ASCII characters.</param>
    public RtcpWriter(string cname)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cname.Length, 100);
        _cname = Encoding.ASCII.GetBytes(cname);
    }

    /// <summary>Our stream.</summary>
    public uint Ssrc { get; set; }

    /// <summary>The packet written so far.</summary>
    public ReadOnlySpan<byte> Datagram => _datagram.AsSpan(0, _length);

    /// <summary>Starts a compound packet with a sender report.</summary>
    public void BeginSenderReport(ulong ntpTime, uint rtpTimestamp, uint packets, uint payloadBytes, ReportBlock? report)
    {
        BeginReport(RtcpType.SenderReport, report is not null);
        BinaryPrimitives.WriteUInt64BigEndian(Take(8), ntpTime);
        WriteUInt32(rtpTimestamp);
        WriteUInt32(packets);
        WriteUInt32(payloadBytes);
        EndReport(report);
    }

    /// <summary>Starts a compound packet with a receiver report: we have sent nothing since the last one.</summary>
    public void BeginReceiverReport(ReportBlock? report)
    {
        BeginReport(RtcpType.ReceiverReport, report is not null);
        EndReport(report);
    }

    /// <summary>Adds our canonical name (section 6.5.1).</summary>
    public void AddSourceDescription()
    {
        var start = _length;
        WriteHeader(RtcpType.SourceDescription, 1);
        WriteUInt32(Ssrc);
        var item = Take(2);
        item[0] = CanonicalName;
        item[1] = (byte)_cname.Length;
        _cname.CopyTo(Take(_cname.Length));
        // The chunk ends with one to four zeros, at a multiple of four bytes.
        Take(4 - _length % 4).Clear();
        EndPacket(start);
    }

    /// <summary>Adds a goodbye (section 6.6).</summary>
    public void AddGoodbye()
    {
        var start = _length;
        WriteHeader(RtcpType.Goodbye, 1);
        WriteUInt32(Ssrc);
        EndPacket(start);
    }

    private void BeginReport(byte type, bool hasReport)
    {
        _length = 0;
        WriteHeader(type, hasReport ? 1 : 0);
        WriteUInt32(Ssrc);
    }

    private void EndReport(ReportBlock? report)
    {
        if (report is { } block)
            block.Write(Take(ReportBlock.Bytes));
        EndPacket(0);
    }

    private void WriteHeader(byte type, int count)
    {
        var header = Take(HeaderBytes);
        header[0] = (byte)(0x80 | count);
        header[1] = type;
    }

    // The length is counted in 32-bit words, less one.
    private void EndPacket(int start) =>
        BinaryPrimitives.WriteUInt16BigEndian(_datagram.AsSpan(start + 2), (ushort)((_length - start) / 4 - 1));

    private void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);

    private Span<byte> Take(int bytes)
    {
        _length += bytes;
        return _datagram.AsSpan(_length - bytes, bytes);
    }
}
