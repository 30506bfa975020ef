using System.Globalization;

namespace Crm;

/// <summary>Reads days as a model hands them on: <c>2026-03-02</c>, <c>tomorrow</c>, <c>Monday</c>.</summary>
internal static class SpokenDay
{
    /// <summary>The day; null when the text names none.</summary>
    public static DateOnly? Read(string text, DateOnly today)
    {
        text = text.Trim().ToLowerInvariant();
        if (text.Length >= 10 && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        if (text is "today" or "tomorrow")
            return text == "today" ? today : today.AddDays(1);
        return Enum.TryParse<DayOfWeek>(text, ignoreCase: true, out var weekday) && !char.IsAsciiDigit(text[0])
            ? today.AddDays(((int)weekday - (int)today.DayOfWeek + 7) % 7)
            : null;
    }
}
