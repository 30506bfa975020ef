using System.Net;
using Telephony.Codecs;

namespace Simulation.Phone;

/// <summary>What a <see cref="SimulatedCaller"/> dials and how it behaves; every member but the target has a usual phone's default.</summary>
public sealed record CallerOptions
{
    /// <summary>Whom to call: <c>sip:user@host:port</c>, with <c>;transport=tcp</c> for TCP; IPv6 literals in brackets.</summary>
    public required string TargetUri { get; init; }

    /// <summary>User part of the caller's own address: the number the agent sees.</summary>
    public string CallerNumber { get; init; } = "caller";

    /// <summary>Display name in From.</summary>
    public string DisplayName { get; init; } = "Simulated Caller";

    /// <summary>Address to call from; null takes the one that routes to the target.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>Codecs offered, in this order; PCMU and PCMA only.</summary>
    public IReadOnlyList<AudioCodec> Codecs { get; init; } = [CodecCatalog.Pcmu, CodecCatalog.Pcma];

    /// <summary>Whether telephone-event (RFC 4733) is offered.</summary>
    public bool OfferTelephoneEvents { get; init; } = true;

    /// <summary>Milliseconds of audio per packet sent, 10 to 60.</summary>
    public int PtimeMs { get; init; } = 20;

    /// <summary>Sends the INVITE without SDP: the offer comes in the 200, the answer goes in the ACK.</summary>
    public bool LateOffer { get; init; }

    /// <summary>Whether any RTP is sent; false is a phone that only listens.</summary>
    public bool SendRtp { get; init; } = true;

    /// <summary>Headers added to the INVITE.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ExtraHeaders { get; init; } = [];

    /// <summary>How long <see cref="SimulatedCaller.CallAsync"/> lets it ring before it cancels.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>RFC 3261 T1: the retransmission of requests over UDP starts with it; 64 times it ends them.</summary>
    public TimeSpan T1 { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest stretch of both sides that is kept in memory; what comes later is counted but not recorded.</summary>
    public TimeSpan MaxRecording { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>RMS level in dBov from which a packet of the agent counts as speech.</summary>
    public double SpeechThresholdDbov { get; init; } = -45;

    /// <summary>Silence that ends a stretch of agent speech in the timeline.</summary>
    public TimeSpan SpeechHangover { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Told of each event of the timeline, on the thread that noticed it; must return at once.</summary>
    public Action<CallEvent>? OnEvent { get; init; }

    /// <summary>Clock of the SIP timers. Media always runs on real time: its packets are real.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
