using System.Data.Common;
using Storage;

namespace Crm;

/// <summary>A small bicycle shop to try things out with: customers, orders and repairs, a workshop with two stands and its hours.</summary>
/// <remarks>Put into an empty database only; what is there is never changed. The phone numbers are of ranges that nobody is given.</remarks>
internal sealed class ExampleShop(ShopTime time)
{
    private static readonly (string Id, string Name, string Number)[] Customers =
    [
        ("anna", "Anna Berger", "+493023125001"),
        ("jonas", "Jonas Müller", "+493023125002"),
        ("mary", "Mary Hill", "+12025550143"),
        ("simulated", "Sam Caller", "caller"),   // who the built-in caller is
    ];

    private static readonly (string Number, string Customer, string Kind, string Title, string Status, int IsOpen, long Minor, int? ExpectedIn)[] Orders =
    [
        ("B-1042", "anna", "repair", "Repair of the city bicycle", "ready to be picked up", 1, 8950, null),
        ("B-1043", "jonas", "repair", "New gears for the touring bicycle", "waiting for parts", 1, 24500, 6),
        ("S-2201", "anna", "order", "Child seat and helmet", "on its way", 1, 11990, 2),
        ("S-2188", "mary", "order", "Two winter tyres", "delivered", 0, 5980, null),
        ("S-2210", "simulated", "order", "A pair of bicycle lights", "on its way", 1, 3490, 1),
    ];

    private static readonly (string Id, string Name, int Minutes, long Minor)[] Services =
    [
        ("inspection", "Inspection", 60, 4900), ("puncture", "Puncture repair", 30, 1500), ("fitting", "Saddle fitting", 45, 2900),
    ];

    /// <summary>Puts the shop in, in one transaction.</summary>
    /// <exception cref="DbException">It cannot be written.</exception>
    public Task PutAsync(Database database, CancellationToken cancellation) => database.TransactAsync(PutAsync, cancellation);

    private async Task<bool> PutAsync(DbConnection connection, CancellationToken cancellation)
    {
        // The row that bookings take turns by: two processes that start together seed once.
        await connection.Command("UPDATE crm_calendar SET bookings = bookings WHERE id = 1").ExecuteAsync(cancellation);
        if (await connection.Command("SELECT (SELECT COUNT(*) FROM crm_contacts) + (SELECT COUNT(*) FROM crm_services)").ScalarAsync<long>(cancellation) > 0)
            return false;
        await PutCustomersAsync(connection, cancellation);
        await PutOrdersAsync(connection, cancellation);
        await PutWorkshopAsync(connection, cancellation);
        return true;
    }

    private async Task PutCustomersAsync(DbConnection connection, CancellationToken cancellation)
    {
        var now = DatabaseText.From(time.Now);
        foreach (var (id, name, number) in Customers)
        {
            await connection.Command("INSERT INTO crm_contacts (id, name, created_at) VALUES (@id, @name, @now)", ("id", id), ("name", name), ("now", now)).ExecuteAsync(cancellation);
            await connection.Command("INSERT INTO crm_numbers (number, contact_id, label) VALUES (@number, @id, 'mobile')", ("number", number), ("id", id)).ExecuteAsync(cancellation);
        }
    }

    private async Task PutOrdersAsync(DbConnection connection, CancellationToken cancellation)
    {
        foreach (var (number, customer, kind, title, status, isOpen, minor, expectedIn) in Orders)
        {
            await connection.Command(
                """
                INSERT INTO crm_orders (number, contact_id, kind, title, status, is_open, total_minor, expected_on, created_at, updated_at)
                VALUES (@number, @customer, @kind, @title, @status, @open, @minor, @expected, @created, @updated)
                """,
                ("number", number), ("customer", customer), ("kind", kind), ("title", title), ("status", status), ("open", (long)isOpen), ("minor", minor),
                ("expected", expectedIn is { } days ? time.Today.AddDays(days).ToString("yyyy-MM-dd", null) : null),
                ("created", DatabaseText.From(time.Now.AddDays(-4))), ("updated", DatabaseText.From(time.Now.AddDays(-1)))).ExecuteAsync(cancellation);
            await PutEventAsync(connection, number, 1, -4, "received", cancellation);
            await PutEventAsync(connection, number, 2, -1, status, cancellation);
        }
    }

    private Task<int> PutEventAsync(DbConnection connection, string number, long step, int day, string status, CancellationToken cancellation) => connection.Command(
        "INSERT INTO crm_order_events (order_number, step, at, status) VALUES (@number, @step, @at, @status)",
        ("number", number), ("step", step), ("at", DatabaseText.From(time.Now.AddDays(day))), ("status", status)).ExecuteAsync(cancellation);

    private static async Task PutWorkshopAsync(DbConnection connection, CancellationToken cancellation)
    {
        foreach (var (id, name, minutes, minor) in Services)
            await connection.Command("INSERT INTO crm_services (id, name, minutes, price_minor) VALUES (@id, @name, @minutes, @minor)",
                ("id", id), ("name", name), ("minutes", (long)minutes), ("minor", minor)).ExecuteAsync(cancellation);
        foreach (var stand in (string[])["1", "2"])
        {
            var resource = ("resource", (object?)$"stand{stand}");
            await connection.Command("INSERT INTO crm_resources (id, name) VALUES (@resource, @name)", resource, ("name", $"Workshop stand {stand}")).ExecuteAsync(cancellation);
            await connection.Command("INSERT INTO crm_resource_services (resource_id, service_id) SELECT @resource, id FROM crm_services", resource).ExecuteAsync(cancellation);
            for (var weekday = 1L; weekday <= 6; weekday++)   // Monday to Saturday, with a break at noon; Saturday mornings only
                await PutHoursAsync(connection, resource, weekday, cancellation);
        }
    }

    private static async Task PutHoursAsync(DbConnection connection, (string, object?) resource, long weekday, CancellationToken cancellation)
    {
        (long, long)[] hours = weekday == 6 ? [(10 * 60, 14 * 60)] : [(9 * 60, 12 * 60), (13 * 60, 18 * 60)];
        foreach (var (opens, closes) in hours)
            await connection.Command("INSERT INTO crm_opening_hours (resource_id, weekday, opens_minute, closes_minute) VALUES (@resource, @weekday, @opens, @closes)",
                resource, ("weekday", weekday), ("opens", opens), ("closes", closes)).ExecuteAsync(cancellation);
    }
}
