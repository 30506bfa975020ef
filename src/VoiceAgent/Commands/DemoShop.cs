using System.Globalization;
using Storage;

namespace VoiceAgent.Commands;

/// <summary>The demo's shop: the CRM with example data in a database of its own, and what that holds after the call.</summary>
internal sealed class DemoShop
{
    private readonly DatabaseOptions _database;

    /// <summary>A new, empty database.</summary>
    /// <param name="folder">Folder of the file.</param>
    public DemoShop(DirectoryInfo folder)
    {
        folder.Create();
        var file = Path.Combine(folder.FullName, "shop.db");
        foreach (var old in Directory.EnumerateFiles(folder.FullName, "shop.db*"))
            File.Delete(old);
        _database = new DatabaseOptions { ConnectionString = $"Data Source={file}" };
        var today = TimeProvider.System.GetUtcNow().UtcDateTime.Date;
        var friday = today.AddDays((((int)DayOfWeek.Friday - (int)today.DayOfWeek + 6) % 7) + 1);
        Appointment = new DateTimeOffset(friday.AddHours(10), TimeSpan.Zero);
    }

    /// <summary>What the caller asks for: next Friday at ten, UTC.</summary>
    public DateTimeOffset Appointment { get; }

    /// <summary>The appointment's start as the model gives it to the tool.</summary>
    public string Start => Appointment.ToString("yyyy-MM-dd'T'HH:mmzzz", CultureInfo.InvariantCulture);

    /// <summary>Settings that give the agent of the demo this shop.</summary>
    public Dictionary<string, string?> Settings() => new(StringComparer.OrdinalIgnoreCase)
    {
        ["Database:Provider"] = "Sqlite",
        ["Database:ConnectionString"] = _database.ConnectionString,
        ["Tools:Crm:Enabled"] = "true",
        ["Tools:Crm:ConnectionString"] = "",
        ["Tools:Crm:SeedExamples"] = "true",
        ["Tools:Crm:TimeZone"] = "UTC",
        ["Tools:Crm:TrustCallerNumber"] = "Always",
        ["Tools:Policies:book_appointment:Behavior"] = "NonBlocking",
        ["Tools:Policies:book_appointment:Scheduling"] = "WhenIdle",
        ["Agents:Profiles:demo:Numbers:0"] = DemoConversation.Number,
        ["Agents:Profiles:demo:Tools:0"] = "crm",
    };

    /// <summary>What the shop's database holds of the appointment; empty for nothing.</summary>
    public async Task<string> FindAppointmentAsync(CancellationToken cancellation)
    {
        await using var database = new Database(_database, TimeProvider.System);
        await using var connection = await database.OpenAsync(cancellation);
        await using var command = connection.Command(
            "SELECT id, name, service_id, status FROM crm_appointments WHERE starts_at = @start", ("start", DatabaseText.From(Appointment)));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? $"{reader.GetString(0)}: {reader.GetString(2)} for {reader.GetString(1)}, {Start}, {reader.GetString(3)}" : "";
    }
}
