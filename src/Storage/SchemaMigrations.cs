using System.Data.Common;

namespace Storage;

/// <summary>Brings the schema of one component up to date; table <c>schema_migrations</c> holds what has been applied.</summary>
/// <remarks>Lives for one start. SQLite's transactions are immediate, PostgreSQL's take one advisory lock: so processes take turns, migration by migration.</remarks>
internal sealed class SchemaMigrations(Database database, string component, IReadOnlyList<Migration> migrations, TimeProvider time)
{
    private const long AdvisoryLock = 0x566f6963654167;   // one number for all components: they share the table

    private const string Table = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            component TEXT NOT NULL,
            version BIGINT NOT NULL,
            name TEXT NOT NULL,
            applied_at TEXT NOT NULL,
            PRIMARY KEY (component, version))
        """;

    public async Task ApplyAsync(CancellationToken cancellation)
    {
        if (migrations.Where((migration, index) => migration.Version != index + 1).Any())
            throw new ArgumentException($"The migrations of {component} do not count 1, 2, 3, ...");
        await using var connection = await OpenAsync(cancellation);
        while (await ApplyNextAsync(connection, cancellation))
        {
            // One transaction each.
        }
    }

    private async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            return await database.OpenAsync(cancellation);
        }
        catch (DbException failure) when (failure is not DatabaseException)
        {
            throw new DatabaseException($"The database {database.Place} cannot be opened: {failure.Message}", failure);
        }
    }

    /// <returns>False when nothing was left to do.</returns>
    private async Task<bool> ApplyNextAsync(DbConnection connection, CancellationToken cancellation)
    {
        Migration? next = null;
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var version = await LockAndReadAsync(connection, cancellation);
            ThrowIfNewer(version);
            if (version == migrations.Count)
                return false;
            next = migrations[(int)version];
            await connection.Command(next.Sql).ExecuteAsync(cancellation);
            await RecordAsync(connection, next, cancellation);
            await transaction.CommitAsync(cancellation);
            return true;
        }
        catch (DbException failure) when (failure is not DatabaseException)
        {
            var what = next is null ? $"The schema of {component} cannot be read" : $"Migration {next.Version} ({next.Name}) of {component} failed and has changed nothing";
            throw new DatabaseException($"Database {database.Place}: {what}: {failure.Message}", failure);
        }
    }

    private async Task<long> LockAndReadAsync(DbConnection connection, CancellationToken cancellation)
    {
        if (database.Provider == DatabaseProvider.PostgreSql)
            await connection.Command("SELECT pg_advisory_xact_lock(@lock)", ("lock", AdvisoryLock)).ExecuteAsync(cancellation);
        await connection.Command(Table).ExecuteAsync(cancellation);
        return await connection.Command("SELECT COALESCE(MAX(version), 0) FROM schema_migrations WHERE component = @component", ("component", component))
            .ScalarAsync<long>(cancellation);
    }

    private void ThrowIfNewer(long version)
    {
        if (version > migrations.Count)
            throw new DatabaseException($"Database {database.Place} is newer than this program: its schema of {component} has version {version}, "
                + $"and this program knows {migrations.Count}. Install the newer program again, or name another database.");
    }

    private Task<int> RecordAsync(DbConnection connection, Migration migration, CancellationToken cancellation) =>
        connection.Command(
            "INSERT INTO schema_migrations (component, version, name, applied_at) VALUES (@component, @version, @name, @at)",
            ("component", component), ("version", (long)migration.Version), ("name", migration.Name), ("at", DatabaseText.From(time.GetUtcNow())))
            .ExecuteAsync(cancellation);
}
