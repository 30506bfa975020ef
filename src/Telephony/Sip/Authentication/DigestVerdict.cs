using Telephony.Sip.Admission;

namespace Telephony.Sip.Authentication;

/// <summary>What <see cref="DigestServer"/> makes of a request's credentials.</summary>
internal enum DigestVerdict
{
    /// <summary>There are none for our realm that could be checked: ask for them.</summary>
    Missing,

    /// <summary>No such user, or not their password: ask again, and count a failed login.</summary>
    Wrong,

    /// <summary>The right password over a nonce that is too old or used up, or any over one that is not ours or of an earlier process: ask again, nobody is to blame.</summary>
    Stale,

    /// <summary>Proven.</summary>
    Accepted,
}

/// <summary>The verdict, and who it is about.</summary>
/// <param name="Verdict">What the credentials prove.</param>
/// <param name="User">The user proven; null unless accepted.</param>
/// <param name="Origin">Whom the nonce of a wrong proof was given to.</param>
internal readonly record struct DigestResult(DigestVerdict Verdict, SipUser? User = null, SourceId Origin = default);
