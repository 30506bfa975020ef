using System.Net;
using System.Net.Sockets;

namespace Telephony.Rtp;

/// <summary>Decides whose RTP is the caller's and where ours goes: symmetric RTP (RFC 4961) that a stranger cannot take over.</summary>
/// <remarks>
/// The source that SDP names is believed at its first packet. Another one is believed, while the SDP source has not spoken (NAT), after four packets
/// in sequence: at once when it has the host of SDP or of the signalling, else after a pause in which such a source may still show up. From then on
/// only the locked source counts, until the next answer or until it has been silent for long; the SDP source is always taken back. Until a source
/// is locked, packets go where SDP said. Owned by the media clock's thread; allocates when built or on a new answer only.
/// </remarks>
internal sealed class SourceLock(AddressFamily family, long relockAfterNs)
{
    private const int Candidates = 4;
    private const int PacketsToLearn = 4;
    private const long StrangeHostPauseNs = 300_000_000;
    private const long FormerSourcePauseNs = 500_000_000;

    private readonly Candidate[] _candidates = [.. Enumerable.Range(0, Candidates).Select(_ => new Candidate(family))];
    private readonly SocketAddress _locked = new(family);
    private readonly SocketAddress _former = new(family);
    private SocketAddress? _expected;
    private SocketAddress? _signalingHost;
    private bool _hasFormer;
    private long _expectedSinceNs;
    private long _aliveNs;

    /// <summary>Whether a source has been believed.</summary>
    public bool IsLocked { get; private set; }

    /// <summary>Where RTP goes: the locked source, before that what SDP named; null when neither is known.</summary>
    public SocketAddress? Target => IsLocked ? _locked : _expected;

    /// <summary>Host that the call's signalling came from: behind NAT the likely host of its media.</summary>
    public void ExpectHost(IPAddress address) => _signalingHost = SourceAddress.From(new IPEndPoint(address, 1), family);

    /// <summary>Takes the peer's end point of a new answer. A changed one opens the lock; the same one keeps it.</summary>
    /// <param name="sdp">Null when SDP names nobody (hold in the old style).</param>
    /// <param name="nowNs">Monotonic time.</param>
    public void Expect(SocketAddress? sdp, long nowNs)
    {
        var isSame = sdp is null ? IsLocked : sdp.Equals(_expected);
        _expected = sdp;
        if (isSame)
            return;
        _hasFormer = IsLocked;
        if (IsLocked)
            SourceAddress.Copy(_locked, _former);
        IsLocked = false;
        _expectedSinceNs = nowNs;
        ForgetCandidates();
    }

    /// <summary>Whether a packet is the caller's; may lock its source.</summary>
    public bool Accept(SocketAddress from, uint ssrc, ushort sequenceNumber, long nowNs)
    {
        if (IsLocked && from.Equals(_locked))
            _aliveNs = nowNs;
        else if (from.Equals(_expected) || (MayLearn(from, nowNs) && Learn(from, ssrc, sequenceNumber, nowNs)))
            Lock(from, nowNs);
        else
            return false;
        return true;
    }

    /// <summary>Whether RTCP from this address is the caller's: the address in SDP, or any port of the locked host.</summary>
    public bool AcceptRtcp(SocketAddress from, SocketAddress? sdpRtcp, long nowNs)
    {
        if (!from.Equals(sdpRtcp) && !(IsLocked && SourceAddress.SameHost(from, _locked)))
            return false;
        _aliveNs = nowNs;
        return true;
    }

    private bool MayLearn(SocketAddress from, long nowNs)
    {
        if (IsLocked)
            return nowNs - _aliveNs >= relockAfterNs;
        // A peer that moves to a new address goes on sending from the old one for a moment.
        return !(_hasFormer && nowNs - _expectedSinceNs < FormerSourcePauseNs && from.Equals(_former));
    }

    private bool Learn(SocketAddress from, uint ssrc, ushort sequenceNumber, long nowNs)
    {
        var candidate = CandidateFor(from, ssrc, nowNs);
        return candidate.Count(sequenceNumber, nowNs) >= PacketsToLearn
            && (IsLikelyHost(from) || nowNs - candidate.SinceNs >= StrangeHostPauseNs);
    }

    private bool IsLikelyHost(SocketAddress from) =>
        (_expected is not null && SourceAddress.SameHost(from, _expected))
        || (_signalingHost is not null && SourceAddress.SameHost(from, _signalingHost));

    private Candidate CandidateFor(SocketAddress from, uint ssrc, long nowNs)
    {
        var oldest = _candidates[0];
        foreach (var candidate in _candidates)
        {
            if (candidate.Is(from, ssrc))
                return candidate;
            if (candidate.LastNs < oldest.LastNs)
                oldest = candidate;
        }
        oldest.Begin(from, ssrc, nowNs);
        return oldest;
    }

    private void Lock(SocketAddress from, long nowNs)
    {
        SourceAddress.Copy(from, _locked);
        IsLocked = true;
        _aliveNs = nowNs;
        ForgetCandidates();
    }

    private void ForgetCandidates()
    {
        foreach (var candidate in _candidates)
            candidate.Forget();
    }

    private sealed class Candidate(AddressFamily family)
    {
        private readonly SocketAddress _address = new(family);
        private uint _ssrc;
        private ushort _next;
        private int _inSequence;

        public long SinceNs { get; private set; }

        public long LastNs { get; private set; } = long.MinValue;

        public bool Is(SocketAddress from, uint ssrc) => LastNs != long.MinValue && ssrc == _ssrc && from.Equals(_address);

        public void Begin(SocketAddress from, uint ssrc, long nowNs)
        {
            SourceAddress.Copy(from, _address);
            _ssrc = ssrc;
            _inSequence = 0;
            SinceNs = nowNs;
        }

        public int Count(ushort sequenceNumber, long nowNs)
        {
            _inSequence = _inSequence > 0 && sequenceNumber == _next ? _inSequence + 1 : 1;
            _next = SequenceNumber.Add(sequenceNumber, 1);
            LastNs = nowNs;
            return _inSequence;
        }

        public void Forget() => LastNs = long.MinValue;
    }
}
