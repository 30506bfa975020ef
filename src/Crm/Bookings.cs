using System.Data.Common;
using System.Security.Cryptography;
using Storage;

namespace Crm;

/// <summary>What a customer wants to book.</summary>
internal sealed record BookingWish(string Key, string CallId, Service Service, DateTimeOffset Start, string Name, string Number, string Note);

/// <summary>Books appointments: within one transaction, in turns, once per key.</summary>
internal sealed class Bookings(Calendar calendar, ShopTime time)
{
    private const string IdCharacters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";   // without those that sound or look alike written down
    private const int IdLength = 6;

    /// <summary>The appointment of a wish: new, or the one that the same key or the same customer has booked before; null when the time is taken.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="wish">Its service and start are known to be usable.</param>
    /// <param name="cancellation">Ends it; the transaction must not be committed then.</param>
    public async Task<(Appointment? Appointment, bool IsNew)> BookAsync(DbConnection connection, BookingWish wish, CancellationToken cancellation)
    {
        await connection.Command("UPDATE crm_calendar SET bookings = bookings + 1 WHERE id = 1").ExecuteAsync(cancellation);
        var earlier = await Appointment.OfKeyAsync(connection, wish.Key, cancellation) ?? await SameAsync(connection, wish, cancellation);
        if (earlier is not null)
            return (earlier, false);
        var free = await calendar.FreeAtAsync(connection, wish.Service, wish.Start, cancellation);
        if (free.Count == 0)
            return (null, false);
        await InsertAsync(connection, wish, free[0], cancellation);
        return (await Appointment.OfKeyAsync(connection, wish.Key, cancellation), true);
    }

    // A customer who says it again in other words, or calls twice, wants one appointment; a second person of the same number wants another.
    private static async Task<Appointment?> SameAsync(DbConnection connection, BookingWish wish, CancellationToken cancellation)
    {
        var booked = await connection.Command(
            $"SELECT idempotency_key, name FROM crm_appointments WHERE number = @number AND service_id = @service AND starts_at = @start AND status = '{Appointment.Booked}'",
            ("number", wish.Number), ("service", wish.Service.Id), ("start", DatabaseText.From(wish.Start)))
            .ListAsync(row => (Key: row.GetString(0), Name: row.GetString(1)), cancellation);
        var same = booked.Find(other => PersonName.Matches(wish.Name, other.Name) || PersonName.Matches(other.Name, wish.Name));
        return same.Key is null ? null : await Appointment.OfKeyAsync(connection, same.Key, cancellation);
    }

    private async Task InsertAsync(DbConnection connection, BookingWish wish, Slot slot, CancellationToken cancellation)
    {
        var id = RandomNumberGenerator.GetString(IdCharacters, IdLength);
        var contact = (await Contact.OfNumberAsync(connection, wish.Number, cancellation)).FirstOrDefault(contact => PersonName.Matches(wish.Name, contact.Name));
        await connection.Command(
            $"""
             INSERT INTO crm_appointments (id, idempotency_key, contact_id, name, number, service_id, resource_id, starts_at, ends_at, status, note, call_id, created_at)
             VALUES (@id, @key, @contact, @name, @number, @service, @resource, @start, @end, '{Appointment.Booked}', @note, @call, @now)
             """,
            ("id", id), ("key", wish.Key), ("contact", contact?.Id), ("name", wish.Name), ("number", wish.Number), ("service", wish.Service.Id),
            ("resource", slot.ResourceId), ("start", DatabaseText.From(wish.Start)), ("end", DatabaseText.From(wish.Start.AddMinutes(wish.Service.Minutes))),
            ("note", wish.Note), ("call", wish.CallId), ("now", DatabaseText.From(time.Now))).ExecuteAsync(cancellation);
        foreach (var unit in ShopTime.Units(wish.Start, wish.Service.Minutes))
            await connection.Command("INSERT INTO crm_taken (resource_id, unit, appointment_id) VALUES (@resource, @unit, @id)",
                ("resource", slot.ResourceId), ("unit", unit), ("id", id)).ExecuteAsync(cancellation);
    }
}
