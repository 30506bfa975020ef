using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Storage;

/// <summary>Where the service keeps what must outlive a process.</summary>
public sealed class DatabaseOptions
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Database";

    /// <summary>Kind of database.</summary>
    public DatabaseProvider Provider { get; init; } = DatabaseProvider.Sqlite;

    /// <summary>ADO.NET connection string: <c>Data Source=FILE</c> for SQLite, <c>Host=...;Database=...;Username=...</c> for PostgreSQL.</summary>
    public string ConnectionString { get; init; } = "Data Source=data/voiceagent.db";

    /// <summary>Name of this service among those that share the database, the same after a restart; null takes the machine's name for PostgreSQL, and one for whoever uses the file for SQLite.</summary>
    public string? Instance { get; init; }

    /// <summary>Days that concluded entries are kept, 1 to 3650; what nobody knows the end of is kept until an operator has settled it.</summary>
    public int RetentionDays { get; init; } = 90;

    /// <summary>The name that entries of this service carry: <see cref="Instance"/>, or what stands for it.</summary>
    public string InstanceName => this switch
    {
        { Instance.Length: > 0 } => Instance,
        { Provider: DatabaseProvider.Sqlite } => "sqlite",   // whoever opens the file is the service; a recreated container has another machine name
        _ => Environment.MachineName,
    };

    /// <summary>What is wrong with a connection string, as a sentence with its remedy; null for nothing. Never holds a part of the string, which may have a password.</summary>
    public static string? ConnectionFault(DatabaseProvider provider, string connectionString) =>
        provider == DatabaseProvider.Sqlite ? SqliteFault(connectionString) : PostgreSqlFault(connectionString);

    private static string? SqliteFault(string text)
    {
        if (Read(() => new SqliteConnectionStringBuilder(text)) is not { } parts)
            return "is not a connection string for SQLite; use Data Source=FILE.";
        return parts.DataSource.Length == 0 ? "names no file; use Data Source=FILE."
            : parts.DataSource.Contains(":memory:", StringComparison.OrdinalIgnoreCase) || parts.Mode == SqliteOpenMode.Memory
                ? "keeps everything in memory, which does not outlive the process; use Data Source=FILE."
            : null;
    }

    private static string? PostgreSqlFault(string text) =>
        Read(() => new NpgsqlConnectionStringBuilder(text)) is not { } parts ? "is not a connection string for PostgreSQL; use Host=...;Database=...;Username=..."
            : string.IsNullOrEmpty(parts.Host) ? "names no server; use Host=...;Database=...;Username=..."
            : null;

    private static T? Read<T>(Func<T> read)
        where T : DbConnectionStringBuilder
    {
        try
        {
            return read();
        }
        catch (Exception unfit) when (unfit is ArgumentException or FormatException or NotSupportedException or OverflowException)
        {
            return null;   // the builders' only way to say so
        }
    }
}

/// <summary>Kinds of databases.</summary>
public enum DatabaseProvider
{
    /// <summary>A SQLite file; needs no server.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server.</summary>
    PostgreSql,
}

/// <summary>Refuses database settings that could not work, at start: each message has the key and what is allowed.</summary>
public sealed class DatabaseOptionsValidator : IValidateOptions<DatabaseOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DatabaseOptions options)
    {
        List<string> errors = [];
        if (DatabaseOptions.ConnectionFault(options.Provider, options.ConnectionString) is { } fault)
            errors.Add($"{DatabaseOptions.Section}:{nameof(DatabaseOptions.ConnectionString)} {fault}");
        if (options.RetentionDays is < 1 or > 3650)
            errors.Add($"{DatabaseOptions.Section}:{nameof(DatabaseOptions.RetentionDays)} = '{options.RetentionDays}' is not a number of days; use 1 to 3650.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
