namespace Telephony.Rtp;

/// <summary>A packet in its turn, as <see cref="JitterBuffer.TryPop"/> gives it.</summary>
internal readonly ref struct BufferedPacket(in JitterBuffer.Slot slot, ReadOnlySpan<byte> payload, int lostBefore)
{
    /// <summary>First packet of a talk spurt.</summary>
    public bool Marker { get; } = slot.Marker;

    /// <summary>Payload type, 0 to 127.</summary>
    public byte PayloadType { get; } = slot.PayloadType;

    /// <summary>Media time of its first sample.</summary>
    public uint Timestamp { get; } = slot.Timestamp;

    /// <summary>Payload without padding.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>Packets given up just before this one.</summary>
    public int LostBefore { get; } = lostBefore;
}
