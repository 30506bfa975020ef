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
}

/// <summary>Kinds of databases.</summary>
public enum DatabaseProvider
{
    /// <summary>A SQLite file; needs no server.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server.</summary>
    PostgreSql,
}
