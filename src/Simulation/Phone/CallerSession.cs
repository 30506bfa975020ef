namespace Simulation.Phone;

/// <summary>What the caller and the agent agreed on about media: writes the caller's SDP, reads the agent's, points the RTP.</summary>
/// <remarks>Owned by <see cref="CallerDialog"/>'s loop.</remarks>
internal sealed class CallerSession(CallerOptions options, PhoneMedia media)
{
    private int _version;
    private bool _held;

    /// <summary>Codec and address, for a person to read.</summary>
    public string Description { get; private set; } = "no media";

    /// <summary>The caller's offer.</summary>
    public string Offer(string direction) => SdpText.Write(media.LocalRtp, options, ++_version, direction);

    /// <summary>Takes the agent's answer to an offer of the caller; false when there is nothing to talk over.</summary>
    public bool TakeAnswer(string body) => SdpText.TryRead(body, out var peer) && Use(peer!);

    /// <summary>Answers the agent's offer, or makes one of the caller's when it sent none; an empty string when there is nothing to talk over.</summary>
    public string AnswerTo(string body)
    {
        if (body.Length == 0)
            return Offer("sendrecv");
        if (!SdpText.TryRead(body, out var peer) || SdpText.Choose(peer!, options.Codecs) is not { } codec || !Use(peer!))
            return "";
        return SdpText.WriteAnswer(media.LocalRtp, peer!, codec, options.PtimeMs, ++_version, SdpText.Mirror(peer!.Direction));
    }

    /// <summary>Stops or starts sending.</summary>
    public void SetHeld(bool held)
    {
        _held = held;
        media.SetSending(options.SendRtp && !held);
    }

    private bool Use(PeerSdp peer)
    {
        if (peer.Rtp.Port == 0 || SdpText.Choose(peer, options.Codecs) is not { } codec)
            return false;
        var sending = options.SendRtp && !_held && peer.Direction is "sendrecv" or "recvonly";
        media.SetTarget(new MediaTarget(peer.Rtp, codec, peer.TelephoneEvent, sending));
        Description = $"{codec.Name} with {peer.Rtp}";
        return true;
    }
}
