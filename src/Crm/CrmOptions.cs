using Storage;

namespace Crm;

/// <summary>The shop's own customers, orders and appointments as tools of the agent.</summary>
public sealed class CrmOptions
{
    /// <summary>Key below section <c>Tools</c>, and name of the source.</summary>
    public const string Section = "Crm";

    /// <summary>True to offer its tools, to the agents that list <c>crm</c>.</summary>
    public bool Enabled { get; init; }

    /// <summary>Kind of database; only with a <see cref="ConnectionString"/>.</summary>
    public DatabaseProvider Provider { get; init; } = DatabaseProvider.Sqlite;

    /// <summary>A database of its own; empty for the service's (<c>Database</c>).</summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>Time zone of the opening hours, such as <c>Europe/Berlin</c>; empty for the machine's.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>Country code for numbers without one, such as <c>49</c>; empty leaves those as they are.</summary>
    public string CountryCode { get; init; } = "";

    /// <summary>When a caller is told of their orders and appointments because of the number they call from; otherwise they are asked for order number and name.</summary>
    public CallerTrust TrustCallerNumber { get; init; } = CallerTrust.Verified;

    /// <summary>Appointments begin at multiples of this many minutes: 5 to 240, a multiple of 5.</summary>
    public int SlotMinutes { get; init; } = 30;

    /// <summary>Shortest time from a call to an appointment: zero to 30 days.</summary>
    public TimeSpan MinNotice { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Days ahead that can be booked, 1 to 365.</summary>
    public int BookAheadDays { get; init; } = 60;

    /// <summary>True to put a small bicycle shop into an empty database, to try things out.</summary>
    public bool SeedExamples { get; init; }

    /// <summary>What cannot work, as key and sentence.</summary>
    internal IEnumerable<(string Key, string Fault)> Faults()
    {
        if (ConnectionString.Length > 0 && DatabaseOptions.ConnectionFault(Provider, ConnectionString) is { } fault)
            yield return (nameof(ConnectionString), $" {fault}");
        if (TimeZone.Length > 0 && !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            yield return (nameof(TimeZone), $" = '{TimeZone}' is not a time zone; use a name such as Europe/Berlin.");
        if (CountryCode.Length > 3 || !CountryCode.All(char.IsAsciiDigit) || CountryCode.StartsWith('0'))
            yield return (nameof(CountryCode), $" = '{CountryCode}' is not a country code; use 1 to 3 digits such as 49.");
        if (SlotMinutes is < 5 or > 240 || SlotMinutes % 5 != 0)
            yield return (nameof(SlotMinutes), $" = '{SlotMinutes}' is not usable; use 5 to 240, a multiple of 5.");
        if (MinNotice < TimeSpan.Zero || MinNotice > TimeSpan.FromDays(30))
            yield return (nameof(MinNotice), $" = '{MinNotice}' is not usable; use 00:00:00 to 30.00:00:00.");
        if (BookAheadDays is < 1 or > 365)
            yield return (nameof(BookAheadDays), $" = '{BookAheadDays}' is not usable; use 1 to 365.");
    }
}

/// <summary>Which numbers of callers say who they are.</summary>
public enum CallerTrust
{
    /// <summary>None.</summary>
    Never,

    /// <summary>Those that a trusted trunk or a verified signature vouches for.</summary>
    Verified,

    /// <summary>All, also those that anybody could have forged.</summary>
    Always,
}
