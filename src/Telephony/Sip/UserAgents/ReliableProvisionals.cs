using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>The provisional responses to one INVITE that the caller confirms by PRACK (RFC 3262): one at a time, repeated from T1, doubling, for 64*T1.</summary>
/// <remarks>Owned by the signalling loop. What is to be sent while one waits is kept, the latest only; a session description is never left out.</remarks>
/// <param name="core">Timers.</param>
/// <param name="invite">The INVITE.</param>
/// <param name="responses">Builds the responses.</param>
/// <param name="onTimeout">No PRACK came within 64*T1.</param>
internal sealed class ReliableProvisionals(UserAgentCore core, InviteServerTransaction invite, DialogResponses responses, Action onTimeout)
{
    /// <summary>The option tag.</summary>
    public const string OptionTag = "100rel";

    private const int MaxInitialRSeq = 1 << 16;

    private uint _rseq = (uint)RandomNumberGenerator.GetInt32(1, MaxInitialRSeq);
    private SipResponse? _waiting;
    private (int StatusCode, ReadOnlyMemory<byte> Sdp)? _next;
    private SignalingTimer? _repeat;
    private SignalingTimer? _patience;

    /// <summary>Whether the caller will have no other (RFC 3262 section 3).</summary>
    public bool IsRequired { get; } = Has(invite.Request, HeaderNames.Require);

    /// <summary>Whether the caller takes them.</summary>
    public bool IsPossible { get; } = Has(invite.Request, HeaderNames.Require) || Has(invite.Request, HeaderNames.Supported);

    /// <summary>Whether a session description waits for its PRACK: until then no 2xx may be sent (RFC 3262 section 3).</summary>
    public bool HoldsAnswer => _waiting is { Body.IsEmpty: false } || _next is { Sdp.IsEmpty: false };

    /// <summary>Whether the caller has confirmed a session description: then the 2xx needs none.</summary>
    public bool HasAgreed { get; private set; }

    /// <summary>Sends one, or keeps it until the one before is confirmed.</summary>
    public void Send(int statusCode, ReadOnlyMemory<byte> sdp)
    {
        if (_waiting is not null)
        {
            _next = (statusCode, sdp.IsEmpty ? _next?.Sdp ?? default : sdp);
            return;
        }
        _waiting = responses.Reliable(invite, statusCode, ++_rseq, sdp);
        _patience = core.Layer.StartTimer(core.Layer.Timers.TransactionLifetime, OnPatienceOver, invite.Request.CallId);
        invite.Respond(_waiting);
        RepeatAfter(core.Layer.Timers.T1);
    }

    /// <summary>Whether a PRACK confirms the one that waits; a copy, and one for another response, does not (RFC 3262 section 3: 481).</summary>
    /// <param name="prack">The PRACK.</param>
    /// <param name="confirmed">What it confirms.</param>
    public bool TryConfirm(SipRequest prack, [NotNullWhen(true)] out SipResponse? confirmed)
    {
        confirmed = null;
        if (_waiting is null || !IsFor(prack))
            return false;
        confirmed = _waiting;
        HasAgreed |= !confirmed.Body.IsEmpty;
        StopWaiting();
        return true;
    }

    /// <summary>Sends what was kept, if anything was.</summary>
    public void SendNext()
    {
        if (_waiting is not null || _next is not { } next)
            return;
        _next = null;
        Send(next.StatusCode, next.Sdp);
    }

    /// <summary>There is a final response: nothing is repeated, but a PRACK on its way is still known (RFC 3262 section 3).</summary>
    public void Stop()
    {
        _next = null;
        _repeat?.Cancel();
        _patience?.Cancel();
    }

    private static bool Has(SipRequest request, string header) => request.Headers.GetValues(header).Contains(OptionTag, StringComparer.OrdinalIgnoreCase);

    // RAck: 776656 1 INVITE
    private bool IsFor(SipRequest prack)
    {
        var value = (prack.Headers.GetFirst(HeaderNames.RAck) ?? "").AsSpan().Trim();
        var gap = value.IndexOfAny(' ', '\t');
        return gap > 0 && SipText.TryParseNumber(value[..gap], uint.MaxValue, out var rseq) && rseq == _rseq
            && CSeq.TryParse(value[gap..], out var cseq) && cseq == invite.Request.CSeq;
    }

    private void StopWaiting()
    {
        _waiting = null;
        _repeat?.Cancel();
        _patience?.Cancel();
    }

    private void OnPatienceOver()
    {
        StopWaiting();
        _next = null;
        onTimeout();
    }

    private void RepeatAfter(TimeSpan wait) => _repeat = core.Layer.StartTimer(wait, () =>
    {
        if (_waiting is not null)
            invite.Respond(_waiting);
        RepeatAfter(wait * 2);
    }, invite.Request.CallId);
}
