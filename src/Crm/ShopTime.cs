using System.Globalization;

namespace Crm;

/// <summary>The shop's own clock: between the days and minutes of its opening hours and real moments, summer time included.</summary>
internal sealed class ShopTime(TimeZoneInfo zone, TimeProvider time)
{
    /// <summary>Minutes of one cell of the calendar.</summary>
    public const int UnitMinutes = 5;

    private static readonly string[] Formats =
        ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    private static readonly string[] OffsetFormats =
        ["yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"];

    public DateTimeOffset Now => TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone);

    public DateOnly Today => DateOnly.FromDateTime(Now.DateTime);

    /// <summary>A moment on the shop's clock.</summary>
    public DateTimeOffset Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, zone);

    /// <summary>A minute of a day; null where the clock skips it in spring. In autumn the first of two.</summary>
    public DateTimeOffset? At(DateOnly day, int minute)
    {
        var local = day.ToDateTime(TimeOnly.MinValue).AddMinutes(minute);
        if (zone.IsInvalidTime(local))
            return null;
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset);
    }

    /// <summary>A moment as a model writes it: ISO 8601, on the shop's clock where no offset is given.</summary>
    public DateTimeOffset? Read(string text)
    {
        text = text.Trim();
        if (DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return local.Year is 1 or 9999 ? null : At(DateOnly.FromDateTime(local), (int)local.TimeOfDay.TotalMinutes);
        return DateTimeOffset.TryParseExact(text, OffsetFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? Local(moment) : null;
    }

    /// <summary>Cell of the calendar that a moment lies in.</summary>
    public static long Unit(DateTimeOffset moment) => moment.ToUnixTimeSeconds() / (UnitMinutes * 60);

    /// <summary>Cells that an appointment takes.</summary>
    public static IEnumerable<long> Units(DateTimeOffset start, int minutes) => Enumerable.Range(0, minutes / UnitMinutes).Select(index => Unit(start) + index);
}
