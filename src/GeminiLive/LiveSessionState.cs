namespace GeminiLive;

/// <summary>Where a <see cref="LiveClient"/> stands.</summary>
public enum LiveSessionState
{
    /// <summary>Built, not connected.</summary>
    Idle,

    /// <summary>First connection and setup.</summary>
    Connecting,

    /// <summary>Setup accepted, audio flows.</summary>
    Open,

    /// <summary>Connection lost or changed over; the session is being fetched back.</summary>
    Resuming,

    /// <summary>Closed by us.</summary>
    Closed,

    /// <summary>Lost for good.</summary>
    Failed,
}
