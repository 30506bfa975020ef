using System.Data.Common;
using System.Text.Json.Nodes;
using Storage;

namespace Crm;

/// <summary>A booked time.</summary>
internal sealed record Appointment(string Id, string Name, string Number, string ServiceName, string ResourceName, DateTimeOffset Start, string Status)
{
    public const string Booked = "booked";
    public const string Cancelled = "cancelled";

    private const string Columns = """
        SELECT a.id, a.name, a.number, s.name, r.name, a.starts_at, a.status
        FROM crm_appointments a JOIN crm_services s ON s.id = a.service_id JOIN crm_resources r ON r.id = a.resource_id
        """;

    /// <summary>The one that a key has booked, cancelled meanwhile or not.</summary>
    public static Task<Appointment?> OfKeyAsync(DbConnection connection, string key, CancellationToken cancellation) =>
        OneAsync(connection.Command($"{Columns} WHERE a.idempotency_key = @key", ("key", key)), cancellation);

    /// <summary>The one of an id, as it was told to a customer.</summary>
    public static Task<Appointment?> OfIdAsync(DbConnection connection, string id, CancellationToken cancellation) =>
        OneAsync(connection.Command($"{Columns} WHERE a.id = @id", ("id", Order.Key(id))), cancellation);

    /// <summary>Those to come that were booked for a phone number, next one first.</summary>
    public static Task<List<Appointment>> OfCallerAsync(DbConnection connection, string number, DateTimeOffset now, CancellationToken cancellation) => connection.Command(
        $"{Columns} WHERE a.number = @number AND a.status = '{Booked}' AND a.starts_at > @now ORDER BY a.starts_at LIMIT 10",
        ("number", number), ("now", DatabaseText.From(now))).ListAsync(Read, cancellation);

    /// <summary>Takes it out of the calendar; right when it is out already.</summary>
    public static async Task CancelAsync(DbConnection connection, string id, DateTimeOffset now, CancellationToken cancellation)
    {
        await connection.Command("DELETE FROM crm_taken WHERE appointment_id = @id", ("id", id)).ExecuteAsync(cancellation);
        await connection.Command($"UPDATE crm_appointments SET status = '{Cancelled}', cancelled_at = @now WHERE id = @id AND status = '{Booked}'",
            ("now", DatabaseText.From(now)), ("id", id)).ExecuteAsync(cancellation);
    }

    /// <summary>For the model.</summary>
    public JsonObject ToJson(ShopTime time) => new()
    {
        ["appointment"] = Id,
        ["service"] = ServiceName,
        ["start"] = Spoken.Iso(time.Local(Start)),
        ["say"] = $"{ServiceName} on {Spoken.Moment(time.Local(Start))}",
        ["where"] = ResourceName,
        ["name"] = Name,
        ["status"] = Status,
    };

    private static async Task<Appointment?> OneAsync(DbCommand command, CancellationToken cancellation) => (await command.ListAsync(Read, cancellation)).FirstOrDefault();

    private static Appointment Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), DatabaseText.ToMoment(row.GetString(5)), row.GetString(6));
}
