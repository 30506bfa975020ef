namespace Telephony.Sip.UserAgents;

/// <summary>How often a call proves that it is still there (session timers, RFC 4028).</summary>
public sealed record SessionTimerOptions
{
    /// <summary>Interval that we ask for and grant at most; zero for none unless a peer asks. At least <see cref="MinSe"/>, at most a day.</summary>
    public TimeSpan Expires { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Shortest interval that a peer may ask for, 2 s to an hour; the RFC wants 90 s, less is for tests.</summary>
    public TimeSpan MinSe { get; init; } = TimeSpan.FromSeconds(90);
}
