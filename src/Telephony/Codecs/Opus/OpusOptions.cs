namespace Telephony.Codecs.Opus;

/// <summary>How Opus is spoken, within what each peer wishes.</summary>
public sealed class OpusOptions
{
    /// <summary>Effort of the encoder, 0 to 10: the main cost of a call in Opus.</summary>
    public int Complexity { get; init; } = 5;

    /// <summary>Bitrate of what we send when the peer wishes no lower one, and that we ask the peer for, in bit/s: 6000 to 128000.</summary>
    public int Bitrate { get; init; } = 32_000;

    /// <summary>Whether lost packets are to be said again in the next one: sent to peers that ask for it, and asked of all.</summary>
    public bool InBandFec { get; init; } = true;

    /// <summary>Loss that the redundancy is made for as long as the peer reports less, in percent: 1 to 30.</summary>
    public int ExpectedLossPercent { get; init; } = 5;
}
