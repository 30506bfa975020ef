namespace Telephony.Rtp;

/// <summary>Arithmetic on RTP's 16-bit sequence numbers and 32-bit timestamps, which wrap: everything that orders packets goes through here.</summary>
public static class SequenceNumber
{
    /// <summary>Steps from one sequence number to another: positive when <paramref name="to"/> is newer, -32768 when they are half the circle apart.</summary>
    public static int Distance(ushort from, ushort to) => unchecked((short)(to - from));

    /// <summary>The sequence number <paramref name="steps"/> further on (or back, when negative).</summary>
    public static ushort Add(ushort value, int steps) => unchecked((ushort)(value + steps));

    /// <summary>Timestamp units from one RTP timestamp to another: positive when <paramref name="to"/> is later.</summary>
    public static int TimestampDistance(uint from, uint to) => unchecked((int)(to - from));
}
