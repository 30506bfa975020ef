using Telephony.Rtp.Srtp;

namespace Telephony.Sdp;

/// <summary>What our side of a call demands of its encryption: part of <see cref="LocalMedia"/>.</summary>
/// <param name="Policy">Whether media is encrypted.</param>
/// <param name="Suites">Suites that may be used, in our order; empty where keys cannot be exchanged, as the signalling is readable.</param>
public sealed record SrtpTerms(SrtpPolicy Policy, IReadOnlyList<SrtpSuite> Suites)
{
    /// <summary>No encryption.</summary>
    public static SrtpTerms None { get; } = new(SrtpPolicy.Never, []);

    /// <summary>The keys in use; null while the call is not encrypted. A call that is encrypted stays so.</summary>
    public SrtpKeys? Current { get; init; }

    /// <summary>Whether media in clear is out of the question.</summary>
    internal bool IsRequired => Policy == SrtpPolicy.Required || Current is not null;

    /// <summary>Whether there can be no call at all: encryption is demanded, and no key may be named.</summary>
    internal bool IsImpossible => IsRequired && !IsPossible;

    /// <summary>Whether keys may be named.</summary>
    internal bool IsPossible => Policy != SrtpPolicy.Never && Suites.Count > 0;
}
