using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Storage;
using Support;
using Tools;

namespace Crm.Tests;

/// <summary>The CRM as the service has it: made from a configuration, called as the model calls it.</summary>
internal sealed class CrmRig : IAsyncDisposable
{
    public const string Anna = "+493023125001";
    public const string Jonas = "+493023125002";

    private readonly Dictionary<string, string?> _settings = new(StringComparer.Ordinal)
    {
        ["Crm:Enabled"] = "true", ["Crm:SeedExamples"] = "true", ["Crm:TimeZone"] = "Europe/Berlin", ["Crm:CountryCode"] = "49",
    };

    private IToolSource? _source;
    private IReadOnlyList<Tool> _tools = [];
    private int _keys;

    public CrmRig(DatabaseOptions options, params IEnumerable<(string Key, string Value)> settings)
    {
        Database = new Database(options, Time);
        foreach (var (key, value) in settings)
            _settings[$"Crm:{key}"] = value;
    }

    /// <summary>Thursday, 1 January 2026, midnight UTC: one o'clock in Berlin.</summary>
    public ManualTimeProvider Time { get; } = new();

    public Database Database { get; }

    public IReadOnlyList<Tool> Tools => _tools;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<CrmRig> StartAsync()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();
        _source = Assert.Single(new CrmFactory(Database, Time, NullLoggerFactory.Instance).Create(configuration));
        _tools = await _source.LoadAsync(Cancellation);
        return this;
    }

    /// <summary>What the model reads: the value as JSON, or the failure.</summary>
    public async Task<string> CallAsync(string tool, object arguments, string caller = Anna, string? key = null)
    {
        var result = await RunAsync(tool, arguments, Context(caller, key));
        return result.Error is null ? JsonSerializer.Serialize(result.Value) : $"error: {result.Error}";
    }

    /// <summary>The result's value.</summary>
    public async Task<JsonElement> GetAsync(string tool, object arguments, string caller = Anna, string? key = null)
    {
        var text = await CallAsync(tool, arguments, caller, key);
        Assert.False(text.StartsWith("error", StringComparison.Ordinal), text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async Task<ToolResult> RunAsync(string tool, object arguments, ToolContext context) =>
        (ToolResult)(await Find(tool).Function.InvokeAsync(context.With(Values(arguments)), Cancellation))!;

    public Tool Find(string tool) => Tools.Single(candidate => candidate.Name == tool);

    public ToolContext Context(string caller = Anna, string? key = null) => new()
    {
        CallId = "c1", Agent = "reception", CallerNumber = caller, CallerIsVerified = true, Time = Time, IdempotencyKey = key ?? (++_keys).ToString(CultureInfo.InvariantCulture),
    };

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await Database.OpenAsync(Cancellation);
        await connection.Command(sql).ExecuteAsync(Cancellation);
    }

    public async Task<T?> QueryAsync<T>(string sql)
    {
        await using var connection = await Database.OpenAsync(Cancellation);
        return await connection.Command(sql).ScalarAsync<T>(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null)
            await _source.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static Dictionary<string, object?> Values(object arguments) =>
        JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(property => property.Name, property => (object?)property.Value, StringComparer.Ordinal);
}
