using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Telephony.Rtp;

/// <summary>The UDP ports that calls may use for media: leases pairs of bound sockets and takes them back.</summary>
/// <remarks>
/// Thread-safe; one per process. Ports are given out in rotation, so that a port just closed is the last to be used again and a new call does not
/// inherit the packets of the old one.
/// </remarks>
public sealed class RtpPortRange
{
    private readonly Lock _gate = new();
    private readonly int _firstPort;
    private readonly BitArray _leased;
    private int _next;
    private long _leases;
    private long _returns;

    private RtpPortRange(int firstPort, int pairs)
    {
        _firstPort = firstPort;
        _leased = new BitArray(pairs);
    }

    /// <summary>Number of pairs in the range: the most calls that can have media at one time.</summary>
    public int Pairs => _leased.Length;

    /// <summary>Pairs leased since the start.</summary>
    public long Leases => Interlocked.Read(ref _leases);

    /// <summary>Pairs given back since the start; equal to <see cref="Leases"/> when no call is up.</summary>
    public long Returns => Interlocked.Read(ref _returns);

    /// <summary>Reads "first-last": the even ports of the range take RTP as long as the odd port above still lies in it or right behind it.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RtpPortRange? range)
    {
        range = null;
        var parts = (text ?? "").Split('-', StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || !TryParsePort(parts[0], out var first) || !TryParsePort(parts[1], out var last))
            return false;
        var firstEven = first + first % 2;
        var pairs = (last - firstEven) / 2 + 1;
        if (last < firstEven || first >= last)
            return false;
        range = new RtpPortRange(firstEven, pairs);
        return true;
    }

    /// <summary>Binds the next free pair; false when every pair is leased or held by another process.</summary>
    /// <param name="bindAddress">Local address, or the "any" address of the family that the call's media uses.</param>
    /// <param name="pair">The bound pair, to be disposed by whoever ends up holding it.</param>
    public bool TryLease(IPAddress bindAddress, [NotNullWhen(true)] out RtpPortPair? pair)
    {
        ArgumentNullException.ThrowIfNull(bindAddress);
        lock (_gate)
        {
            for (var tries = 0; tries < _leased.Length; tries++)
            {
                var index = _next;
                _next = (_next + 1) % _leased.Length;
                if (_leased[index] || !TryBindPair(bindAddress, _firstPort + 2 * index, out pair))
                    continue;
                _leased[index] = true;
                Interlocked.Increment(ref _leases);
                return true;
            }
        }
        pair = null;
        return false;
    }

    internal void Return(int rtpPort)
    {
        lock (_gate)
            _leased[(rtpPort - _firstPort) / 2] = false;
        Interlocked.Increment(ref _returns);
    }

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1024 and <= 65535;

    private bool TryBindPair(IPAddress address, int rtpPort, [NotNullWhen(true)] out RtpPortPair? pair)
    {
        pair = null;
        if (!TryBind(address, rtpPort, out var rtp))
            return false;
        if (!TryBind(address, rtpPort + 1, out var rtcp))
        {
            rtp.Dispose();
            return false;
        }
        pair = new RtpPortPair(this, rtpPort, rtp, rtcp);
        return true;
    }

    private static bool TryBind(IPAddress address, int port, [NotNullWhen(true)] out Socket? socket)
    {
        socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            // Taken by another process: the next pair is tried.
            socket.Dispose();
            socket = null;
            return false;
        }
    }
}
