using System.ComponentModel;
using System.Data.Common;
using System.Text.Json.Nodes;
using Storage;
using Tools;
using Tools.Plugins;

namespace Crm;

/// <summary>Who is calling, and what of their orders: look-ups, and the note after a call.</summary>
/// <remarks>Shared by all calls. A caller hears of what belongs to the number they call from; of anything else only with its number and the customer's name.
/// That there is an order of another name is not told.</remarks>
internal sealed class CustomerTools(CrmOptions options, CrmDatabase database, ShopTime time)
{
    private const int Shown = 5;

    [Tool(Idempotent = true, Retries = 1, Offer = "a call back")]
    [Description("Finds out who is calling, from the number they call from: name, appointments to come, number of open orders. Call it once at the beginning of a call, without arguments. "
        + "Only for a customer who calls from another phone give that customer's number and name.")]
    public Task<ToolResult> FindContact(
        ToolContext context,
        [Description("Phone number of the customer; leave it out for the caller's own.")] string? number = null,
        [Description("Name that the caller gave; needed with a number.")] string? name = null,
        CancellationToken cancellation = default) =>
        database.ReadAsync(context, connection => FindAsync(connection, context, number, name, cancellation), cancellation);

    [Tool(Idempotent = true, Retries = 1, Offer = "a call back")]
    [Description("Lists the orders and repairs of the caller, known by the number they call from, open ones first, each with its status.")]
    public Task<ToolResult> FindOrders(ToolContext context, CancellationToken cancellation) =>
        database.ReadAsync(context, connection => OrdersAsync(connection, context, cancellation), cancellation);

    [Tool(Idempotent = true, Retries = 1, Offer = "a call back")]
    [Description("Says how far one order or repair is, with its history. Needs the order number; if the caller does not call from the customer's own phone, also the name on the order.")]
    public Task<ToolResult> OrderStatus(
        ToolContext context,
        [Description("The order's number as the caller says it, such as B-1042.")] string orderNumber,
        [Description("Name on the order, if the caller gave one.")] string? name = null,
        CancellationToken cancellation = default) =>
        database.ReadAsync(context, connection => StatusAsync(connection, context, orderNumber, name ?? "", cancellation), cancellation);

    [Tool(Idempotent = true, Retries = 2, Behavior = ToolBehavior.NonBlocking, Scheduling = ToolScheduling.Silent)]
    [Description("Keeps a short summary of this call for the shop's people. Call it once, when the conversation comes to its end, and do not speak of it.")]
    public Task<ToolResult> LogCallSummary(
        ToolContext context,
        [Description("What the caller wanted and what was agreed, in one to three sentences.")] string summary,
        [Description("What somebody has to do now, such as: call back about the price. Leave it out if there is nothing.")] string? followUp = null,
        CancellationToken cancellation = default) =>
        database.WriteAsync(context, "the summary was kept", (connection, token) => LogAsync(connection, context, summary, followUp ?? "", token), cancellation);

    /// <summary>The number that the caller is known by; empty when there is none, or it proves nothing.</summary>
    internal static string CallerOf(ToolContext context, CrmOptions options) =>
        options.TrustCallerNumber == CallerTrust.Always || (options.TrustCallerNumber == CallerTrust.Verified && context.CallerIsVerified)
            ? PhoneNumber.Normalise(context.CallerNumber, options.CountryCode) : "";

    private async Task<ToolResult> FindAsync(DbConnection connection, ToolContext context, string? number, string? name, CancellationToken cancellation)
    {
        var caller = CallerOf(context, options);
        var asked = string.IsNullOrWhiteSpace(number) ? caller : PhoneNumber.Normalise(number, options.CountryCode);
        if (asked.Length == 0)
            return NotKnown("The number that they call from does not say who they are. Ask for the name, and for the order number if it is about an order.");
        var contacts = await Contact.OfNumberAsync(connection, asked, cancellation);
        if (asked != caller)
            return contacts.Find(contact => PersonName.Matches(name ?? "", contact.Name)) is { } other
                ? ToolResult.Ok(new JsonObject { ["known"] = true, ["name"] = other.Name, ["say"] = $"{other.Name} is a customer. Orders need their order number." })
                : NotKnown("There is no customer of that number and name.");
        return contacts.Count == 0 ? NotKnown("Nobody is known under the number that they call from. Ask for the name.") : await KnownAsync(connection, caller, contacts, cancellation);
    }

    private static ToolResult NotKnown(string say) => ToolResult.Ok(new JsonObject { ["known"] = false, ["say"] = say });

    private async Task<ToolResult> KnownAsync(DbConnection connection, string caller, List<Contact> contacts, CancellationToken cancellation)
    {
        var appointments = await Appointment.OfCallerAsync(connection, caller, time.Now, cancellation);
        var orders = await Order.OfCallerAsync(connection, caller, cancellation);
        var names = string.Join(" or ", contacts.Select(contact => contact.Name));
        return ToolResult.Ok(new JsonObject
        {
            ["known"] = true,
            ["name"] = names,
            ["say"] = contacts.Count == 1 ? $"The caller is {names}." : $"The number is shared by {names}. Ask who is speaking.",
            ["appointments"] = new JsonArray([.. appointments.Select(appointment => appointment.ToJson(time))]),
            ["open_orders"] = orders.Count(order => order.IsOpen),
        });
    }

    private async Task<ToolResult> OrdersAsync(DbConnection connection, ToolContext context, CancellationToken cancellation)
    {
        var caller = CallerOf(context, options);
        var orders = caller.Length == 0 ? [] : await Order.OfCallerAsync(connection, caller, cancellation);
        var say = caller.Length == 0 ? "The number that they call from does not say who they are. Ask for the order number and the name on the order."
            : orders.Count == 0 ? "There is no order under the number that they call from. Ask for the order number and the name on the order."
            : string.Join(' ', orders.Take(Shown).Select(order => $"{order.Title} ({order.Number}): {order.Status}."));
        return ToolResult.Ok(new JsonObject { ["orders"] = new JsonArray([.. orders.Take(Shown).Select(order => order.ToJson())]), ["say"] = say });
    }

    private async Task<ToolResult> StatusAsync(DbConnection connection, ToolContext context, string number, string name, CancellationToken cancellation)
    {
        var caller = CallerOf(context, options);
        var own = caller.Length == 0 ? [] : await Order.OfCallerAsync(connection, caller, cancellation);
        var order = own.Find(order => Order.Key(order.Number) == Order.Key(number)) ?? OnlyOneWithDigits(own, number);
        if (order is null && await Order.OfNumberAsync(connection, number, cancellation) is { } other && PersonName.Matches(name, other.ContactName))
            order = other;
        if (order is null)
            return ToolResult.Ok(new JsonObject { ["found"] = false, ["say"] = "There is no order of that number that I may speak of. Ask for the order number again, and for the name on the order." });
        var json = order.ToJson();
        json["found"] = true;
        json["history"] = new JsonArray([.. (await order.HistoryAsync(connection, cancellation)).Select(step => JsonValue.Create(step))]);
        json["say"] = $"{order.Title}: {order.Status}{(json["expected_on"] is { } day && order.IsOpen ? $", expected on {day}" : "")}.";
        return ToolResult.Ok(json);
    }

    // Most callers say only the digits.
    private static Order? OnlyOneWithDigits(List<Order> own, string number) =>
        Order.Key(number) is { Length: > 0 } key && key == Order.Digits(number) && own.FindAll(order => Order.Digits(order.Number) == key) is [var only] ? only : null;

    private async Task<ToolResult> LogAsync(DbConnection connection, ToolContext context, string summary, string followUp, CancellationToken cancellation)
    {
        var number = PhoneNumber.Normalise(context.CallerNumber, options.CountryCode);
        var contacts = await Contact.OfNumberAsync(connection, number, cancellation);
        await connection.Command(
            """
            INSERT INTO crm_call_summaries (idempotency_key, call_id, agent, contact_id, number, summary, follow_up, created_at)
            VALUES (@key, @call, @agent, @contact, @number, @summary, @follow, @now) ON CONFLICT (idempotency_key) DO NOTHING
            """,
            ("key", context.IdempotencyKey), ("call", context.CallId), ("agent", context.Agent), ("contact", contacts.Count == 1 ? contacts[0].Id : null), ("number", number),
            ("summary", summary), ("follow", followUp), ("now", DatabaseText.From(time.Now))).ExecuteAsync(cancellation);
        return ToolResult.Ok(new JsonObject { ["kept"] = true });
    }
}
