using System.Data.Common;
using System.Globalization;
using Storage;

namespace Crm;

/// <summary>A time at which a service can be had.</summary>
internal sealed record Slot(string ResourceId, string ResourceName, DateTimeOffset Start);

/// <summary>Opening hours less what is taken: finds the times at which a service can be had.</summary>
/// <remarks>Made for one question, on one connection.</remarks>
internal sealed class Calendar(CrmOptions options, ShopTime time)
{
    /// <summary>Free times, earliest first, one per moment whatever the resource.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="service">What for.</param>
    /// <param name="from">First day; days gone by are left out.</param>
    /// <param name="to">Last day; what is too far ahead is left out.</param>
    /// <param name="minutes">Minutes of a day within which it begins: from, up to but not including.</param>
    /// <param name="most">At most so many on one day, at least 2: the first, the last, and some between.</param>
    /// <param name="cancellation">Ends the search.</param>
    public async Task<List<Slot>> FreeAsync(
        DbConnection connection, Service service, DateOnly from, DateOnly to, (int From, int To) minutes, int most, CancellationToken cancellation)
    {
        var (first, last) = (Later(from, time.Today), Earlier(to, time.Today.AddDays(options.BookAheadDays)));
        if (last < first)
            return [];
        var hours = await HoursAsync(connection, service, cancellation);
        var closed = await ClosedAsync(connection, first, last, cancellation);
        var taken = await TakenAsync(connection, first, last, cancellation);
        var slots = new List<Slot>();
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            if (!closed.Contains(day))
                slots.AddRange(Spread([.. OfDay(day, hours, taken, service, minutes).DistinctBy(slot => slot.Start).OrderBy(slot => slot.Start)], most));
        }
        return slots;
    }

    /// <summary>Resources that are free at a moment, for a service.</summary>
    public async Task<List<Slot>> FreeAtAsync(DbConnection connection, Service service, DateTimeOffset start, CancellationToken cancellation)
    {
        var day = DateOnly.FromDateTime(start.DateTime);
        if (day < time.Today || day > time.Today.AddDays(options.BookAheadDays) || (await ClosedAsync(connection, day, day, cancellation)).Count > 0)
            return [];
        var hours = await HoursAsync(connection, service, cancellation);
        var taken = await TakenAsync(connection, day, day, cancellation);
        return [.. OfDay(day, hours, taken, service, (0, 1440)).Where(slot => slot.Start == start)];
    }

    // Somebody who cannot come at nine can hardly come at half past.
    private static IEnumerable<Slot> Spread(List<Slot> slots, int most) =>
        slots.Count <= most ? slots : Enumerable.Range(0, most).Select(index => slots[index * (slots.Count - 1) / (most - 1)]);

    private IEnumerable<Slot> OfDay(DateOnly day, List<Hours> hours, HashSet<(string, long)> taken, Service service, (int From, int To) minutes) =>
        from open in hours
        where open.Weekday == (int)day.DayOfWeek
        from minute in Starts(open, service.Minutes)
        where minute >= minutes.From && minute < minutes.To
        let start = time.At(day, minute)
        where start is not null && start >= time.Now + options.MinNotice
        where ShopTime.Units(start.Value, service.Minutes).All(unit => !taken.Contains((open.ResourceId, unit)))
        select new Slot(open.ResourceId, open.ResourceName, start.Value);

    // On the shop's grid from midnight, and at the opening itself.
    private IEnumerable<int> Starts(Hours open, int minutes)
    {
        for (var minute = open.Opens; minute + minutes <= open.Closes; minute = (minute / options.SlotMinutes + 1) * options.SlotMinutes)
            yield return minute;
    }

    private static Task<List<Hours>> HoursAsync(DbConnection connection, Service service, CancellationToken cancellation) => connection.Command(
        """
        SELECT r.id, r.name, h.weekday, h.opens_minute, h.closes_minute FROM crm_opening_hours h
        JOIN crm_resources r ON r.id = h.resource_id JOIN crm_resource_services s ON s.resource_id = r.id
        WHERE s.service_id = @service ORDER BY r.name, r.id
        """,
        ("service", service.Id))
        .ListAsync(row => new Hours(row.GetString(0), row.GetString(1), (int)row.GetInt64(2), (int)row.GetInt64(3), (int)row.GetInt64(4)), cancellation);

    private static async Task<HashSet<DateOnly>> ClosedAsync(DbConnection connection, DateOnly first, DateOnly last, CancellationToken cancellation) =>
        [.. await connection.Command("SELECT day FROM crm_closed_days WHERE day >= @first AND day <= @last", ("first", Text(first)), ("last", Text(last)))
            .ListAsync(row => DateOnly.ParseExact(row.GetString(0), "yyyy-MM-dd", CultureInfo.InvariantCulture), cancellation)];

    // A day of margin on both sides: the cells are counted in UTC.
    private static async Task<HashSet<(string, long)>> TakenAsync(DbConnection connection, DateOnly first, DateOnly last, CancellationToken cancellation)
    {
        static long UnitOf(DateOnly day) => ShopTime.Unit(new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
        return [.. await connection.Command("SELECT resource_id, unit FROM crm_taken WHERE unit >= @first AND unit < @last",
            ("first", UnitOf(first.AddDays(-1))), ("last", UnitOf(last.AddDays(2)))).ListAsync(row => (row.GetString(0), row.GetInt64(1)), cancellation)];
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateOnly Later(DateOnly a, DateOnly b) => a > b ? a : b;

    private static DateOnly Earlier(DateOnly a, DateOnly b) => a < b ? a : b;

    private sealed record Hours(string ResourceId, string ResourceName, int Weekday, int Opens, int Closes);
}
