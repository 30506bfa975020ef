using System.Globalization;

namespace Crm;

/// <summary>Dates and times in words that a voice can say and a caller understands.</summary>
internal static class Spoken
{
    /// <summary><c>Monday, 2 March 2026</c>.</summary>
    public static string Day(DateOnly day) => day.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary><c>Monday, 2 March 2026 at 9:30</c>.</summary>
    public static string Moment(DateTimeOffset local) => local.ToString("dddd, d MMMM yyyy 'at' H:mm", CultureInfo.InvariantCulture);

    /// <summary><c>2026-03-02T09:30+01:00</c>, for the model to hand back.</summary>
    public static string Iso(DateTimeOffset local) => local.ToString("yyyy-MM-dd'T'HH:mmzzz", CultureInfo.InvariantCulture);
}
