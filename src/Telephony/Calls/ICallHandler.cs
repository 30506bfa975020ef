using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>What a host implements to get calls: asked for every INVITE outside a dialog, on the signalling loop.</summary>
public interface ICallHandler
{
    /// <summary>Whether a new call may come in: 200 for yes, otherwise the status that refuses it (486 busy, 503 draining), with Retry-After in seconds if given.</summary>
    /// <remarks>Asked before a port is leased; must return at once.</remarks>
    (int StatusCode, string? RetryAfter) Availability { get; }

    /// <summary>What OPTIONS is answered with: as <see cref="Availability"/> says, unless the host knows of more that stands in a call's way.</summary>
    OptionsAnswer Health => new(Availability.StatusCode, Availability.RetryAfter);

    /// <summary>Whether new calls are refused because the service stops: then none that is up has to make room.</summary>
    bool IsStopping => false;

    /// <summary>A call that can be answered: media ports are leased and the codec is settled. Must return at once; <see cref="Call.Ring"/>,
    /// <see cref="Call.Answer"/> or <see cref="Call.Reject"/> follow from any thread. Set <see cref="Call.Listener"/> here.</summary>
    void OnCallOffered(Call call);
}
