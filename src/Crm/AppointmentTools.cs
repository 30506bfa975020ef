using System.ComponentModel;
using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Storage;
using Tools;
using Tools.Plugins;

namespace Crm;

/// <summary>Free times, booking and cancelling.</summary>
/// <remarks>Shared by all calls. The same idempotency key books once; a booking that the model takes back is cancelled.</remarks>
internal sealed class AppointmentTools(CrmOptions options, CrmDatabase database, ShopTime time)
{
    private const int PerDay = 3;
    private const int Shown = 6;
    private const int DaysSearched = 14;

    private readonly Calendar _calendar = new(options, time);

    [Tool(Idempotent = true, Retries = 1, Offer = "a call back")]
    [Description("Finds free appointments for a service. Offer the caller two or three of them, not all. If the service is not known, the answer lists those there are.")]
    public Task<ToolResult> FindFreeSlots(
        ToolContext context,
        [Description("What the appointment is for, such as: inspection.")] string service,
        [Description("First day, as 2026-03-02, today, tomorrow or a weekday; leave it out for today.")] string? fromDay = null,
        [Description("Last day; leave it out for two weeks later, or give the first day again for that day only.")] string? toDay = null,
        [Description("morning, afternoon or any.")] string? partOfDay = null,
        CancellationToken cancellation = default) =>
        database.ReadAsync(context, connection => FindAsync(connection, service, fromDay, toDay, partOfDay, cancellation), cancellation);

    [Tool(Undo = nameof(UndoBookingAsync), Offer = "a call back")]
    [Description("Books an appointment at a time that find_free_slots has offered and the caller has chosen. Ask for the caller's name first. Repeat the result's words to the caller.")]
    public Task<ToolResult> BookAppointment(
        ToolContext context,
        [Description("The service, as find_free_slots named it.")] string service,
        [Description("The start, exactly as find_free_slots gave it, such as 2026-03-02T09:30+01:00.")] string start,
        [Description("The customer's name.")] string name,
        [Description("Phone number of the customer; leave it out for the one they call from.")] string? number = null,
        [Description("What the shop should know, such as what is wrong with the bicycle.")] string? note = null,
        CancellationToken cancellation = default) =>
        database.WriteAsync(context, "the appointment was booked",
            (connection, token) => BookAsync(connection, context, new BookingRequest(service, start, name, number ?? "", note ?? ""), token), cancellation);

    [Tool(Confirm = true, Offer = "a call back")]
    [Description("Cancels an appointment of the caller. Without its code the caller's next appointment is meant; of several the answer lists them. "
        + "With a code from another phone, the name it was booked under is needed.")]
    public Task<ToolResult> CancelAppointment(
        ToolContext context,
        [Description("Code of the appointment, such as K7P4MX.")] string? appointment = null,
        [Description("Name that it was booked under, if the caller gave one.")] string? name = null,
        CancellationToken cancellation = default) =>
        database.WriteAsync(context, "the appointment was cancelled",
            (connection, token) => CancelAsync(connection, context, appointment ?? "", name ?? "", token), cancellation);

    /// <summary>Takes a booking back, by the key that made it.</summary>
    /// <exception cref="DbException">The database does not answer; whether it stands is not known.</exception>
    public async ValueTask<string> UndoBookingAsync(ToolContext context, JsonElement arguments, JsonElement? result, CancellationToken cancellation)
    {
        var undone = "Nothing had been booked.";
        var outcome = await database.WriteAsync(context, "the appointment was cancelled again",
            async (connection, token) =>
            {
                if (await Appointment.OfKeyAsync(connection, context.IdempotencyKey, token) is not { } booked)
                    return ToolResult.Ok(null);
                await Appointment.CancelAsync(connection, booked.Id, time.Now, token);
                undone = $"Appointment {booked.Id} was cancelled again.";
                return ToolResult.Ok(null);
            },
            cancellation);
        return outcome.Error is null ? undone : throw new DatabaseException(outcome.Error);
    }

    private async Task<ToolResult> FindAsync(DbConnection connection, string said, string? fromDay, string? toDay, string? partOfDay, CancellationToken cancellation)
    {
        var services = await Service.AllAsync(connection, cancellation);
        if (Service.Find(services, said) is not { } service)
            return NoSuchService(services);
        var from = Bookable(SpokenDay.Read(fromDay ?? "today", time.Today));
        var to = string.IsNullOrWhiteSpace(toDay) ? from?.AddDays(DaysSearched) : Bookable(SpokenDay.Read(toDay, time.Today));
        if (from is null || to is null || to < from)
            return ToolResult.Failed($"The days are not usable. Write them as 2026-03-02; today is {Spoken.Day(time.Today)}, {time.Today:yyyy-MM-dd}.");
        var minutes = PartOfDay(partOfDay);
        var slots = await _calendar.FreeAsync(connection, service, from.Value, to.Value, minutes, PerDay, cancellation);
        var isLater = slots.Count == 0;
        if (isLater)
            slots = await _calendar.FreeAsync(connection, service, to.Value.AddDays(1), time.Today.AddDays(options.BookAheadDays), minutes, PerDay, cancellation);
        return ToolResult.Ok(Offer(service, slots, isLater));
    }

    // Whatever lies further ahead is the first day that cannot be booked yet, so that no sum leaves the calendar.
    private DateOnly? Bookable(DateOnly? day) => time.Today.AddDays(options.BookAheadDays + 1) is var end && day > end ? end : day;

    private static (int, int) PartOfDay(string? text) => text?.Trim().ToLowerInvariant() switch
    {
        "morning" => (0, 12 * 60),
        "afternoon" => (12 * 60, 24 * 60),
        _ => (0, 24 * 60),
    };

    private JsonObject Offer(Service service, List<Slot> slots, bool isLater)
    {
        var shown = slots.Take(Shown).ToList();
        var json = new JsonObject
        {
            ["service"] = service.Name,
            ["minutes"] = service.Minutes,
            ["slots"] = new JsonArray([.. shown.Select(slot => new JsonObject { ["start"] = Spoken.Iso(slot.Start), ["say"] = Spoken.Moment(slot.Start) })]),
            ["say"] = shown.Count == 0 ? "There is no free appointment in the days that can be booked. Offer a call back."
                : isLater ? $"Nothing is free in those days. The next free one is on {Spoken.Moment(shown[0].Start)}."
                : $"Free are {string.Join(", or ", shown.Take(PerDay).Select(slot => Spoken.Moment(slot.Start)))}.",
            ["today"] = Spoken.Day(time.Today),
        };
        if (service.PriceMinor != 0)
            json["price"] = Order.Money(service.PriceMinor, service.Currency);
        return json;
    }

    private static ToolResult NoSuchService(List<Service> services) => ToolResult.Failed(services.Count == 0
        ? "There is nothing that appointments can be made for."
        : $"There is no such service. There are: {string.Join(", ", services.Select(service => service.Name))}. Ask which one it is.");

    private async Task<ToolResult> BookAsync(DbConnection connection, ToolContext context, BookingRequest request, CancellationToken cancellation)
    {
        var services = await Service.AllAsync(connection, cancellation);
        if (Service.Find(services, request.Service) is not { } service)
            return NoSuchService(services);
        if (time.Read(request.Start) is not { } start)
            return ToolResult.Failed("The start is not usable. Give it exactly as find_free_slots did.");
        var number = PhoneNumber.Normalise(request.Number.Length > 0 ? request.Number : context.CallerNumber, options.CountryCode);
        if (number.Length == 0 || string.IsNullOrWhiteSpace(request.Name))
            return ToolResult.Failed($"Nothing was booked yet. Ask for the caller's {(number.Length == 0 ? "phone number" : "name")} first.");
        var wish = new BookingWish(context.IdempotencyKey, context.CallId, service, start, request.Name.Trim(), number, request.Note);
        var (booked, isNew) = await new Bookings(_calendar, time).BookAsync(connection, wish, cancellation);
        return booked is null ? await TakenAsync(connection, service, start, cancellation) : ToolResult.Ok(Confirmation(booked, service, isNew));
    }

    private async Task<ToolResult> TakenAsync(DbConnection connection, Service service, DateTimeOffset start, CancellationToken cancellation)
    {
        var day = Bookable(DateOnly.FromDateTime(start.DateTime))!.Value;
        var slots = await _calendar.FreeAsync(connection, service, day, day.AddDays(DaysSearched), (0, 24 * 60), PerDay, cancellation);
        var others = slots.Count == 0 ? "" : $" Free are {string.Join(", or ", slots.Take(PerDay).Select(slot => $"{Spoken.Moment(slot.Start)} ({Spoken.Iso(slot.Start)})"))}.";
        return ToolResult.Failed($"{Spoken.Moment(start)} is not free, so nothing was booked.{others}");
    }

    private JsonObject Confirmation(Appointment booked, Service service, bool isNew)
    {
        var json = booked.ToJson(time);
        if (service.PriceMinor != 0)
            json["price"] = Order.Money(service.PriceMinor, service.Currency);
        json["say"] = (isNew ? "Booked: " : "That was booked already: ") + $"{json["say"]}, for {booked.Name}. The code is {string.Join(' ', booked.Id.AsEnumerable())}.";
        return json;
    }

    private async Task<ToolResult> CancelAsync(DbConnection connection, ToolContext context, string id, string name, CancellationToken cancellation)
    {
        var caller = CustomerTools.CallerOf(context, options);
        var own = caller.Length == 0 ? [] : await Appointment.OfCallerAsync(connection, caller, time.Now, cancellation);
        if (id.Length == 0 && own.Count > 1)
            return ToolResult.Ok(new JsonObject
            {
                ["cancelled"] = false,
                ["appointments"] = new JsonArray([.. own.Select(appointment => appointment.ToJson(time))]),
                ["say"] = "There are several appointments. Ask which one, and call again with its code.",
            });
        var found = id.Length == 0 ? own.FirstOrDefault() : await Appointment.OfIdAsync(connection, id, cancellation);
        if (found is null || (found.Number != caller && !PersonName.Matches(name, found.Name)))
            return ToolResult.Ok(new JsonObject { ["cancelled"] = false, ["say"] = "There is no appointment that I may cancel. Ask for its code and the name it was booked under." });
        if (found.Status == Appointment.Cancelled || found.Start <= time.Now)
            return ToolResult.Ok(new JsonObject { ["cancelled"] = false, ["say"] = StandsAsItIs(found) });
        await Appointment.CancelAsync(connection, found.Id, time.Now, cancellation);
        return ToolResult.Ok(new JsonObject { ["cancelled"] = true, ["appointment"] = found.Id, ["say"] = $"Cancelled: {found.ServiceName} on {Spoken.Moment(time.Local(found.Start))}." });
    }

    private string StandsAsItIs(Appointment found) => $"{found.ServiceName} on {Spoken.Moment(time.Local(found.Start))} "
        + (found.Status == Appointment.Cancelled ? "had been cancelled before." : "is over and can no longer be cancelled.");

    private sealed record BookingRequest(string Service, string Start, string Name, string Number, string Note);
}
