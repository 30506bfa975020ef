namespace Telephony.Trunks;

/// <summary>Whether calls can come from a trunk and go to it.</summary>
public enum TrunkState
{
    /// <summary>Not known: nothing was heard yet, or nothing is asked.</summary>
    Unknown,

    /// <summary>Its server answers, and where we register there, we are registered.</summary>
    Up,

    /// <summary>Its server does not answer, or is out of service.</summary>
    Down,

    /// <summary>Its server answers, and does not let us register: wrong credentials, or no such user.</summary>
    Refused,

    /// <summary>We have left it because the service stops.</summary>
    Left,
}

/// <summary>How a trunk is, for operators: a snapshot.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Registers">Whether we register there.</param>
/// <param name="State">How it is.</param>
/// <param name="Since">Since when.</param>
public sealed record TrunkStatus(string Name, bool Registers, TrunkState State, DateTimeOffset Since)
{
    /// <summary>The server in use or tried last, such as <c>udp://203.0.113.5:5060</c>; null before the first.</summary>
    public string? Server { get; init; }

    /// <summary>What was heard last: the status of an answer, or why there was none.</summary>
    public string? LastAnswer { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? LastAnswerAt { get; init; }

    /// <summary>When the registration ends if it is not renewed; null without one.</summary>
    public DateTimeOffset? RegisteredUntil { get; init; }
}
