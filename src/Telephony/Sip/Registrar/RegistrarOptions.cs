namespace Telephony.Sip.Registrar;

/// <summary>How long and how often users may be registered here.</summary>
public sealed class RegistrarOptions
{
    /// <summary>Shortest time a phone may register for; one that asks for less is told this (423). 10 s to 1 h.</summary>
    public TimeSpan MinExpires { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest time, given to phones that ask for more or say nothing. Up to 1 day.</summary>
    public TimeSpan MaxExpires { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Phones of one user at once; one more takes the place of the one that registered longest ago. 1 to 100.</summary>
    public int MaxContactsPerUser { get; init; } = 10;

    /// <summary>How often phones on UDP that sit behind a NAT are asked something, so that it lets calls to them through; zero for never, else 5 s to 10 min.</summary>
    public TimeSpan NatKeepAlive { get; init; } = TimeSpan.FromSeconds(30);
}
