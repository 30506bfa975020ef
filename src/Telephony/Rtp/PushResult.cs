namespace Telephony.Rtp;

/// <summary>What became of a packet that was pushed into the <see cref="JitterBuffer"/>.</summary>
internal enum PushResult
{
    /// <summary>Taken: pop it when its turn comes.</summary>
    Taken,

    /// <summary>Came twice; dropped.</summary>
    Duplicate,

    /// <summary>Came after its place had been given up; dropped.</summary>
    Late,

    /// <summary>Too far ahead for the packets still held, or they fill the room: pop them with <c>force</c>, then push again.</summary>
    NoRoom,

    /// <summary>Far outside the sequence; dropped, believed if the next packet follows it (RFC 3550 appendix A.1).</summary>
    OutOfSequence,

    /// <summary>Payload larger than any audio codec makes; dropped.</summary>
    TooLarge,
}
