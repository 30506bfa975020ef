using Storage;

namespace Support.Databases;

/// <summary>A database of one test, empty at first: a file of its own, or one of a real server.</summary>
/// <remarks>A test class that holds for both kinds takes one in its constructor; a subclass for each kind names it.</remarks>
public sealed class EmptyDatabase : IAsyncDisposable
{
    private readonly PostgreSqlServer? _server;
    private readonly TestFolder? _folder;

    private EmptyDatabase(PostgreSqlServer? server)
    {
        _server = server;
        _folder = server is null ? new TestFolder() : null;
    }

    /// <summary>Why there is none on this machine; empty where there is.</summary>
    public string Missing => _server is null || PostgreSqlServer.IsInstalled ? "" : PostgreSqlServer.Missing;

    /// <summary>An SQLite file, gone with the test.</summary>
    public static EmptyDatabase Sqlite() => new(null);

    /// <summary>A database of a PostgreSQL server; it goes with the server.</summary>
    public static EmptyDatabase PostgreSql(PostgreSqlServer server) => new(server);

    /// <summary>How to reach it; for PostgreSQL a new database each time.</summary>
    /// <exception cref="InvalidOperationException">PostgreSQL is wanted and not installed.</exception>
    public async Task<DatabaseOptions> OptionsAsync() => _server is null
        ? new() { ConnectionString = $"Data Source={_folder!.File("test.db")}" }
        : new() { Provider = DatabaseProvider.PostgreSql, ConnectionString = await _server.CreateDatabaseAsync() };

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder?.Dispose();
        return ValueTask.CompletedTask;
    }
}
