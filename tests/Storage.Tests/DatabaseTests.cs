using System.Data.Common;
using Support;
using Support.Databases;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace Storage.Tests;

/// <summary>What holds for both databases.</summary>
public abstract class DatabaseTests(EmptyDatabase empty) : IAsyncLifetime
{
    private static readonly Migration First = new(1, "things", "CREATE TABLE things (id TEXT PRIMARY KEY, size BIGINT NOT NULL); CREATE INDEX things_size ON things (size);");
    private static readonly Migration Second = new(2, "parts", "CREATE TABLE parts (thing TEXT NOT NULL REFERENCES things (id), name TEXT NOT NULL);");

    private readonly ManualTimeProvider _time = new();
    private DatabaseOptions _options = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(empty.Missing.Length > 0, empty.Missing);
        _options = await empty.OptionsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await empty.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Migrations_are_applied_once_in_order_and_recorded()
    {
        await using var database = new Database(_options, _time);
        await database.MigrateAsync("shop", [First], Cancellation);
        await database.MigrateAsync("shop", [First, Second], Cancellation);
        await database.MigrateAsync("shop", [First, Second], Cancellation);

        await using var connection = await database.OpenAsync(Cancellation);
        var applied = await connection.Command("SELECT version, name, applied_at FROM schema_migrations WHERE component = 'shop' ORDER BY version")
            .ListAsync(row => $"{row.GetInt64(0)} {row.GetString(1)} {row.GetString(2)}", Cancellation);
        Assert.Equal(["1 things 2026-01-01T00:00:00.000Z", "2 parts 2026-01-01T00:00:00.000Z"], applied);
    }

    [Fact]
    public async Task Components_have_versions_of_their_own()
    {
        await using var database = new Database(_options, _time);
        await database.MigrateAsync("shop", [First, Second], Cancellation);
        await database.MigrateAsync("garage", [new Migration(1, "cars", "CREATE TABLE cars (id TEXT PRIMARY KEY)")], Cancellation);

        await using var connection = await database.OpenAsync(Cancellation);
        Assert.Equal(0, await connection.Command("SELECT COUNT(*) FROM cars").ScalarAsync<long>(Cancellation));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_and_says_which_one()
    {
        await using var database = new Database(_options, _time);
        var broken = new Migration(2, "broken", "CREATE TABLE half (id TEXT); CREATE TABLE things (id TEXT);");

        var failure = await Assert.ThrowsAsync<DatabaseException>(() => database.MigrateAsync("shop", [First, broken], Cancellation));
        Assert.Contains("Migration 2 (broken) of shop failed and has changed nothing", failure.Message, StringComparison.Ordinal);

        await database.MigrateAsync("shop", [First, Second], Cancellation);
        await using var connection = await database.OpenAsync(Cancellation);
        await Assert.ThrowsAnyAsync<DbException>(() => connection.Command("SELECT COUNT(*) FROM half").ScalarAsync<long>(Cancellation));
    }

    [Fact]
    public async Task A_database_that_is_newer_than_the_program_is_refused_in_words()
    {
        await using var database = new Database(_options, _time);
        await database.MigrateAsync("shop", [First, Second], Cancellation);

        var failure = await Assert.ThrowsAsync<DatabaseException>(() => database.MigrateAsync("shop", [First], Cancellation));
        Assert.Equal(
            $"Database {database.Place} is newer than this program: its schema of shop has version 2, and this program knows 1. Install the newer program again, or name another database.",
            failure.Message);
    }

    [Fact]
    public async Task Processes_that_start_together_migrate_once()
    {
        List<Migration> migrations = [First, Second, .. Enumerable.Range(3, 8).Select(version => new Migration(version, "more", $"CREATE TABLE more{version} (id TEXT)"))];
        var databases = Enumerable.Range(0, 6).Select(_ => new Database(_options, _time)).ToList();

        await Task.WhenAll(databases.Select(database => Task.Run(() => database.MigrateAsync("shop", migrations, Cancellation), Cancellation)));

        await using var connection = await databases[0].OpenAsync(Cancellation);
        Assert.Equal(10, await connection.Command("SELECT COUNT(*) FROM schema_migrations").ScalarAsync<long>(Cancellation));
        await connection.DisposeAsync();
        foreach (var database in databases)
            await database.DisposeAsync();
    }

    [Fact]
    public async Task Transactions_at_the_same_time_take_turns_and_none_is_lost()
    {
        await using var database = new Database(_options, _time);
        await database.MigrateAsync("shop", [First], Cancellation);
        await database.TransactAsync((connection, token) => connection.Command("INSERT INTO things (id, size) VALUES ('bell', 0)").ExecuteAsync(token), Cancellation);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(
            () => database.TransactAsync((connection, token) => connection.Command("UPDATE things SET size = size + 1").ExecuteAsync(token), Cancellation), Cancellation)));

        await using var connection = await database.OpenAsync(Cancellation);
        Assert.Equal(40, await connection.Command("SELECT size FROM things").ScalarAsync<long>(Cancellation));
    }

    [Fact]
    public async Task Transaction_that_fails_or_is_cancelled_leaves_nothing_and_holds_nobody_up()
    {
        await using var database = new Database(_options, _time);
        await database.MigrateAsync("shop", [First], Cancellation);
        using var cancelled = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<DbException>(() => database.TransactAsync(
            async (connection, token) =>
            {
                await connection.Command("INSERT INTO things (id, size) VALUES ('bell', 1)").ExecuteAsync(token);
                return await connection.Command("INSERT INTO nowhere (id) VALUES (1)").ExecuteAsync(token);
            },
            Cancellation));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.TransactAsync(
            async (connection, token) =>
            {
                await connection.Command("INSERT INTO things (id, size) VALUES ('bell', 2)").ExecuteAsync(token);
                await cancelled.CancelAsync();
                token.ThrowIfCancellationRequested();
                return true;
            },
            cancelled.Token));

        Assert.Equal(0, await database.TransactAsync((connection, token) => connection.Command("SELECT COUNT(*) FROM things").ScalarAsync<long>(token), Cancellation));
    }

    [Fact]
    public async Task Rows_know_their_owners_and_come_back_as_written()
    {
        await using var database = new Database(_options, _time);
        await database.MigrateAsync("shop", [First, Second], Cancellation);
        await using var connection = await database.OpenAsync(Cancellation);

        await connection.Command("INSERT INTO things (id, size) VALUES (@id, @size) ON CONFLICT (id) DO NOTHING", ("id", "Fähre 🚲"), ("size", long.MaxValue)).ExecuteAsync(Cancellation);

        Assert.Equal(["Fähre 🚲 9223372036854775807"], await connection.Command("SELECT id, size FROM things").ListAsync(row => $"{row.GetString(0)} {row.GetInt64(1)}", Cancellation));
        await Assert.ThrowsAnyAsync<DbException>(() =>
            connection.Command("INSERT INTO parts (thing, name) VALUES ('nobody', 'wheel')").ExecuteAsync(Cancellation));
    }
}

/// <summary>On a file of its own.</summary>
public sealed class SqliteDatabaseTests() : DatabaseTests(EmptyDatabase.Sqlite());

/// <summary>On a real server.</summary>
[Trait("Category", "Peer")]
public sealed class PostgreSqlDatabaseTests(PostgreSqlServer server) : DatabaseTests(EmptyDatabase.PostgreSql(server));
