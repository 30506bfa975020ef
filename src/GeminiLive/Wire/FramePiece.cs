namespace GeminiLive.Wire;

/// <summary>What stands at the beginning of the bytes that have come.</summary>
internal enum FrameKind
{
    /// <summary>Nothing whole yet.</summary>
    NeedsMore,

    /// <summary>A piece of a message.</summary>
    Data,

    /// <summary>A whole ping.</summary>
    Ping,

    /// <summary>A whole pong.</summary>
    Pong,

    /// <summary>A whole close frame.</summary>
    Close,

    /// <summary>What no server may send; <see cref="FrameReader.Fault"/> says what.</summary>
    Bad,
}

/// <summary>One step of <see cref="FrameReader"/>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where its payload begins.</param>
/// <param name="Length">Bytes of payload; everything up to its end is done with.</param>
/// <param name="EndsMessage">True for the last piece of a message.</param>
internal readonly record struct FramePiece(FrameKind Kind, int Start = 0, int Length = 0, bool EndsMessage = false);
