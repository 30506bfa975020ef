using Telephony.Rtp;
using Telephony.Rtp.Srtp;

namespace Benchmarks.Srtp;

/// <summary>What encrypting and decrypting a packet costs, next to libsrtp: each is measured twice, in turns.</summary>
internal static class SrtpBenchmark
{
    private const int HeaderBytes = RtpPacket.FixedHeaderBytes;
    private const int PacketBytes = HeaderBytes + 160;   // 20 ms of G.711
    private const double Wanted = 1.5;

    /// <summary>Its part of the page.</summary>
    public static BenchmarkSection Section { get; } = new("SRTP",
        "It takes about half a minute. A packet is 20 ms of G.711; libsrtp (Debian's libsrtp2-1) opens what we seal, and we what it seals. Debian's libsrtp takes its\n"
        + "ciphers from NSS, which is not the fastest choice: one that is built with OpenSSL, as ours are, costs less than the one here.", Run);

    private static FigureRow[] Run()
    {
        if (!LibSrtp.IsInstalled)
            throw new InvalidOperationException("libsrtp is not installed (apt-get install libsrtp2-1).");
        return [.. SrtpSuite.All.Where(suite => suite.IsAvailable).SelectMany(Measure)];
    }

    private static IEnumerable<FigureRow> Measure(SrtpSuite suite)
    {
        var key = SrtpMasterKey.Create(suite);
        yield return Compare($"{suite}, protect", OursProtect(key), TheirsProtect(key));
        yield return Compare($"{suite}, protect and unprotect", OursBoth(key), TheirsBoth(key));
        yield return new("", $"{suite}, refuse a forged packet", "", $"{Timing.MedianNanoseconds(OursRefuse(key)):0} ns", "");
        CheckTogether(key);
    }

    private static FigureRow Compare(string what, Action ours, Action theirs)
    {
        double[] mine = new double[2], others = new double[2];
        for (var turn = 0; turn < 2; turn++)
            (mine[turn], others[turn]) = (Timing.MedianNanoseconds(ours), Timing.MedianNanoseconds(theirs));
        var ratio = (mine[0] + mine[1]) / (others[0] + others[1]);
        return new("", $"{what}, per packet", $"<= {Wanted} times libsrtp",
            $"{mine[0]:0} and {mine[1]:0} ns, {Verdict.Of(ratio, Wanted, "times")}", $"libsrtp {others[0]:0} and {others[1]:0} ns");
    }

    private static Action OursProtect(SrtpMasterKey key)
    {
        var (sender, packet) = (new SrtpSender(key), new Packet());
        return () => sender.Protect(packet.Next(), HeaderBytes, PacketBytes);
    }

    private static Action TheirsProtect(SrtpMasterKey key)
    {
        var (session, packet) = (new LibSrtp(key, isSender: true), new Packet());
        return () => session.Protect(packet.Next(), PacketBytes);
    }

    private static Action OursBoth(SrtpMasterKey key)
    {
        var (sender, receiver, packet) = (new SrtpSender(key), new SrtpReceiver(key), new Packet());
        return () => receiver.Unprotect(packet.Buffer.AsSpan(0, sender.Protect(packet.Next(), HeaderBytes, PacketBytes)), out _);
    }

    private static Action TheirsBoth(SrtpMasterKey key)
    {
        var (sender, receiver, packet) = (new LibSrtp(key, isSender: true), new LibSrtp(key, isSender: false), new Packet());
        return () => receiver.Unprotect(packet.Buffer.AsSpan(0, sender.Protect(packet.Next(), PacketBytes)));
    }

    private static Action OursRefuse(SrtpMasterKey key)
    {
        var (sender, receiver, packet) = (new SrtpSender(key), new SrtpReceiver(key), new Packet());
        var bytes = sender.Protect(packet.Next(), HeaderBytes, PacketBytes);
        receiver.Unprotect(packet.Buffer.AsSpan(0, bytes), out _);
        packet.Buffer[3]++;
        return () => receiver.Unprotect(packet.Buffer.AsSpan(0, bytes), out _);
    }

    // A figure would mean nothing if both did not do the same.
    private static void CheckTogether(SrtpMasterKey key)
    {
        using var ourSender = new SrtpSender(key);
        using var ourReceiver = new SrtpReceiver(key);
        using var theirSender = new LibSrtp(key, isSender: true);
        using var theirReceiver = new LibSrtp(key, isSender: false);
        var (ours, theirs) = (new Packet(), new Packet());
        for (var i = 0; i < 200_000; i++)
        {
            var opened = theirReceiver.Unprotect(ours.Buffer.AsSpan(0, ourSender.Protect(ours.Next(), HeaderBytes, PacketBytes)));
            var verdict = ourReceiver.Unprotect(theirs.Buffer.AsSpan(0, theirSender.Protect(theirs.Next(), PacketBytes)), out var packet);
            if (opened != PacketBytes || verdict != SrtpVerdict.Authentic || packet.Length != PacketBytes)
                throw new InvalidOperationException($"{key}: packet {i} was not understood.");
        }
    }

    private sealed class Packet
    {
        private ushort _sequenceNumber;

        public byte[] Buffer { get; } = new byte[PacketBytes + SrtpSender.MaxOverheadBytes];

        public Span<byte> Next()
        {
            RtpWriter.WriteHeader(Buffer, 0, marker: false, _sequenceNumber++, 0, 1);
            return Buffer;
        }
    }
}
