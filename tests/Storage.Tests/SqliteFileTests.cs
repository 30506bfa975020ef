using System.Data.Common;
using Support;
using Support.Databases;

namespace Storage.Tests;

public sealed class SqliteFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Relative_file_starts_at_the_given_folder_which_is_made()
    {
        await using var database = new Database(new DatabaseOptions(), new ManualTimeProvider(), _folder.Path);
        await using (await database.OpenAsync(Cancellation))
            Assert.True(File.Exists(_folder.File("data/voiceagent.db")));
        Assert.Equal(_folder.File("data/voiceagent.db"), database.Place);
    }

    [Fact]
    public async Task New_file_and_what_lies_beside_it_are_for_the_service_alone()
    {
        if (OperatingSystem.IsWindows())
            return;   // it has no file modes
        await using var database = Open("test.db");
        await using var connection = await database.OpenAsync(Cancellation);
        await connection.Command("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('private')").ExecuteAsync(Cancellation);
        var files = Directory.GetFiles(_folder.Path);
        Assert.Equal(3, files.Length);   // the log and its index too
        foreach (var file in files)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Every_connection_writes_ahead_waits_for_others_and_syncs_each_commit()
    {
        await using var database = Open("test.db");
        for (var i = 0; i < 2; i++)
        {
            await using var connection = await database.OpenAsync(Cancellation);
            Assert.Equal("wal", await connection.Command("PRAGMA journal_mode").ScalarAsync<string>(Cancellation));
            Assert.Equal(2, await connection.Command("PRAGMA synchronous").ScalarAsync<long>(Cancellation));
            Assert.Equal(5000, await connection.Command("PRAGMA busy_timeout").ScalarAsync<long>(Cancellation));
            Assert.Equal(1, await connection.Command("PRAGMA foreign_keys").ScalarAsync<long>(Cancellation));
        }
    }

    // On a machine with one core the pool has one thread, and all calls wait for it.
    [Fact]
    public async Task A_commit_that_waits_for_the_disk_holds_no_thread_of_the_pool()
    {
        await using var database = Open("test.db");
        Assert.False(await database.TransactAsync(
            async (connection, token) =>
            {
                await connection.Command("CREATE TABLE t (a TEXT)").ExecuteAsync(token);
                return Thread.CurrentThread.IsThreadPoolThread;
            },
            Cancellation));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_told_in_words()
    {
        await File.WriteAllTextAsync(_folder.File("test.db"), new string('x', 4096), Cancellation);
        await using var database = Open("test.db");

        var failure = await Assert.ThrowsAsync<DatabaseException>(() => database.MigrateAsync("shop", [new Migration(1, "a", "SELECT 1")], Cancellation));
        Assert.StartsWith($"Database {_folder.File("test.db")}: The schema of shop cannot be read: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("not a database", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_told_in_words()
    {
        await File.WriteAllTextAsync(_folder.File("data"), "a file", Cancellation);
        await using var database = Open("data/test.db");

        var failure = await Assert.ThrowsAnyAsync<DbException>(async () => await database.OpenAsync(Cancellation));
        Assert.StartsWith($"The folder of database {_folder.File("data/test.db")} cannot be made: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closed_database_is_one_whole_file()
    {
        await using (var database = Open("test.db"))
            await database.MigrateAsync("shop", [new Migration(1, "a", "CREATE TABLE a (id TEXT)")], Cancellation);

        Assert.Equal([_folder.File("test.db")], Directory.GetFiles(_folder.Path));
    }

    private Database Open(string file) => new(new DatabaseOptions { ConnectionString = $"Data Source={_folder.File(file)}" }, new ManualTimeProvider());
}
