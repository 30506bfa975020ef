using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using Storage;

namespace Crm;

/// <summary>An order or a ticket, such as a repair.</summary>
internal sealed record Order(
    string Number, string Kind, string Title, string Status, bool IsOpen, long TotalMinor, string Currency, string? ExpectedOn, DateTimeOffset UpdatedAt, string ContactId, string ContactName)
{
    private const int MaxRows = 10;

    private const string Columns = """
        SELECT o.number, o.kind, o.title, o.status, o.is_open, o.total_minor, o.currency, o.expected_on, o.updated_at, o.contact_id, c.name
        FROM crm_orders o JOIN crm_contacts c ON c.id = o.contact_id
        """;

    /// <summary>What is said of an order's number, whatever was said around it.</summary>
    public static string Key(string number) => string.Concat(number.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    /// <summary>Its digits only.</summary>
    public static string Digits(string number) => string.Concat(number.Where(char.IsAsciiDigit));

    /// <summary>The latest of those who share a phone number, open ones first.</summary>
    public static Task<List<Order>> OfCallerAsync(DbConnection connection, string phoneNumber, CancellationToken cancellation) => connection.Command(
        $"{Columns} JOIN crm_numbers n ON n.contact_id = c.id WHERE n.number = @number ORDER BY o.is_open DESC, o.updated_at DESC, o.number LIMIT {MaxRows}",
        ("number", phoneNumber)).ListAsync(Read, cancellation);

    /// <summary>The one that somebody means by a number, said without hyphens and spaces; null where there is none.</summary>
    public static async Task<Order?> OfNumberAsync(DbConnection connection, string number, CancellationToken cancellation) => (await connection.Command(
        $"{Columns} WHERE UPPER(REPLACE(REPLACE(REPLACE(o.number, '-', ''), '/', ''), ' ', '')) = @key", ("key", Key(number))).ListAsync(Read, cancellation)).FirstOrDefault();

    /// <summary>What has happened to it, oldest first.</summary>
    public Task<List<string>> HistoryAsync(DbConnection connection, CancellationToken cancellation) => connection.Command(
        "SELECT at, status, note FROM crm_order_events WHERE order_number = @number ORDER BY step", ("number", Number))
        .ListAsync(row => $"{row.GetString(0)[..10]}: {row.GetString(1)}{(row.GetString(2).Length > 0 ? $" ({row.GetString(2)})" : "")}", cancellation);

    /// <summary>For the model.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["number"] = Number, ["kind"] = Kind, ["title"] = Title, ["status"] = Status, ["is_open"] = IsOpen };
        if (TotalMinor != 0)
            json["total"] = Money(TotalMinor, Currency);
        if (ExpectedOn is not null)
            json["expected_on"] = DateOnly.TryParseExact(ExpectedOn, "yyyy-MM-dd", out var day) ? Spoken.Day(day) : ExpectedOn;
        return json;
    }

    /// <summary>An amount as it is written: <c>89.50 EUR</c>.</summary>
    public static string Money(long minor, string currency) =>
        currency is "JPY" or "KRW" or "CLP" or "VND" or "ISK"   // no smaller unit (ISO 4217)
            ? $"{minor.ToString(CultureInfo.InvariantCulture)} {currency}"
            : $"{(minor / 100m).ToString("0.00", CultureInfo.InvariantCulture)} {currency}";

    private static Order Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4) != 0, row.GetInt64(5), row.GetString(6), row.TextOrNull(7),
        DatabaseText.ToMoment(row.GetString(8)), row.GetString(9), row.GetString(10));
}
