using System.Globalization;

namespace Storage;

/// <summary>How moments are written in both databases: UTC, ISO 8601, always 24 characters, so that their order as text is their order in time.</summary>
public static class DatabaseText
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>A moment as text, to the millisecond.</summary>
    public static string From(DateTimeOffset moment) => moment.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>A moment from its text.</summary>
    /// <exception cref="FormatException">Somebody else has written it, in another way.</exception>
    public static DateTimeOffset ToMoment(string text) =>
        DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
