using System.Data.Common;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Storage;

/// <summary>The door to one database, a SQLite file or a PostgreSQL server: opens connections and brings schemas up to date.</summary>
/// <remarks>Any thread. Everything that can go wrong outside the program is a <see cref="DbException"/>. SQLite works on the caller's thread once it is open:
/// <see cref="OpenAsync"/> continues on the thread pool and <see cref="TransactAsync"/> works on a thread for that alone, so that no owner of a loop is held up.</remarks>
public sealed class Database : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);   // a caller is waiting

    private readonly string _connectionString;
    private readonly string? _file;
    private readonly bool _mayCreate;
    private readonly NpgsqlDataSource? _server;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly WritingThread _writer = new();
    private volatile bool _isPrepared;

    /// <summary>Connects to nothing yet.</summary>
    /// <param name="options">Which database.</param>
    /// <param name="time">The service's clock.</param>
    /// <param name="folder">Where a relative file name starts; null for the folder that the program was started in.</param>
    /// <exception cref="DatabaseException">The connection string cannot be read.</exception>
    public Database(DatabaseOptions options, TimeProvider time, string? folder = null)
    {
        if (DatabaseOptions.ConnectionFault(options.Provider, options.ConnectionString) is { } fault)
            throw new DatabaseException($"The database's connection string {fault}");
        Provider = options.Provider;
        _time = time;
        if (Provider == DatabaseProvider.Sqlite)
        {
            var parts = SqliteParts(options.ConnectionString, folder);
            _file = Place = parts.DataSource;
            _connectionString = parts.ConnectionString;
            _mayCreate = parts.Mode == SqliteOpenMode.ReadWriteCreate;
            return;
        }
        var server = ServerParts(options.ConnectionString);
        Place = $"{server.Host}:{server.Port}/{server.Database ?? server.Username}";
        _connectionString = server.ConnectionString;
        _server = NpgsqlDataSource.Create(server);
    }

    /// <summary>Kind of database.</summary>
    public DatabaseProvider Provider { get; }

    /// <summary>The file, or server and database, for messages; without any secret.</summary>
    public string Place { get; }

    /// <summary>Whether what a process has left open here may still be concluded by it: it runs, or ran on another machine, which a server may be shared with and a file is not.</summary>
    /// <param name="process">Begins with its <see cref="ProcessMark"/>.</param>
    public bool MayStillWrite(string process) => ProcessMark.IsAlive(process) || (Provider == DatabaseProvider.PostgreSql && ProcessMark.IsElsewhere(process));

    /// <summary>An open connection; whoever gets it disposes it.</summary>
    /// <exception cref="DbException">It cannot be opened.</exception>
    public async ValueTask<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        if (_server is not null)
            return await OpenServerAsync(_server, cancellation);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        cancellation.ThrowIfCancellationRequested();
        return OpenFile();
    }

    /// <summary>Does something in one transaction; nothing of it stays when it fails. SQLite's is immediate: from its start nobody else writes.</summary>
    /// <param name="work">Runs once more, in a new transaction, when the first failure may pass at once (a connection that had died unnoticed, a conflict with another process).
    /// The failure may then have been the commit's answer that got lost, so the work has to be right when it has been done already.</param>
    /// <param name="cancellation">Ends it; nothing is done then.</param>
    /// <exception cref="DbException">It failed.</exception>
    public async Task<T> TransactAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        if (_server is null)
            return await TransactInTurnAsync(work, cancellation);
        try
        {
            return await TransactOnceAsync(await OpenServerAsync(_server, cancellation), work, cancellation);
        }
        catch (DbException failure) when (failure.IsTransient && failure.InnerException is not TimeoutException)
        {
            return await TransactOnceAsync(await OpenServerAsync(_server, cancellation), work, cancellation);
        }
    }

    /// <summary>Applies what a component's schema lacks, one transaction per migration; processes that do so at the same time wait for each other.</summary>
    /// <param name="component">Name of the schema's owner, such as <c>crm</c>.</param>
    /// <param name="migrations">All migrations there are, in order.</param>
    /// <param name="cancellation">Ends it between two migrations, or within one, which then leaves nothing.</param>
    /// <exception cref="DbException">The database cannot be opened, is newer than the program, or refuses a migration.</exception>
    public Task MigrateAsync(string component, IReadOnlyList<Migration> migrations, CancellationToken cancellation) =>
        new SchemaMigrations(this, component, migrations, _time).ApplyAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _writing.Dispose();
        _writer.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        else
            ReleaseFile();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writing.Dispose();
        _writer.Dispose();
        _server?.Dispose();
        if (_server is null)
            ReleaseFile();
    }

    private static SqliteConnectionStringBuilder SqliteParts(string connectionString, string? folder)
    {
        var parts = new SqliteConnectionStringBuilder(connectionString) { ForeignKeys = true, DefaultTimeout = (int)Patience.TotalSeconds };
        parts.DataSource = Path.GetFullPath(parts.DataSource, Path.GetFullPath(folder ?? "."));
        return parts;
    }

    private static NpgsqlConnectionStringBuilder ServerParts(string connectionString)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        if (!given.ContainsKey("Timeout"))
            parts.Timeout = (int)Patience.TotalSeconds;
        if (!given.ContainsKey("Command Timeout") && !given.ContainsKey("CommandTimeout"))
            parts.CommandTimeout = (int)Patience.TotalSeconds;
        parts.ApplicationName ??= "voiceagent";
        return parts;
    }

    // A SQLite file has one writer at a time. Those of this process queue here, in order and without a thread; SQLite's own waiting is a sleep on the thread, and unfair.
    // Who writes does so on a thread for that alone: a commit waits for the disk, and on a machine with one core the pool has one thread for all calls.
    private async Task<T> TransactInTurnAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            return await _writer.RunAsync(() => TransactOnceAsync(OpenFile(), work, cancellation));
        }
        finally
        {
            _writing.Release();
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);   // who asked goes on elsewhere: the thread has the next transaction to do
        }
    }

    private static async Task<T> TransactOnceAsync<T>(DbConnection opened, Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        await using var connection = opened;
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var result = await work(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return result;
    }

    // A name that leads nowhere comes out of the driver as it comes out of the system.
    private async Task<DbConnection> OpenServerAsync(NpgsqlDataSource server, CancellationToken cancellation)
    {
        try
        {
            return await server.OpenConnectionAsync(cancellation);
        }
        catch (Exception failure) when (failure is SocketException or IOException or TimeoutException)
        {
            throw new DatabaseException($"Database {Place} is not reached: {failure.Message}", failure);
        }
    }

    private SqliteConnection OpenFile()
    {
        if (!_isPrepared)
            CreateFolder();
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            // A commit is on the disk when it returns (FULL), and readers never wait for the one writer (WAL, kept in the file).
            using var settings = connection.Command($"PRAGMA busy_timeout={Patience.TotalMilliseconds}; PRAGMA synchronous=FULL;" + (_isPrepared ? "" : " PRAGMA journal_mode=WAL;"));
            settings.ExecuteNonQuery();
            _isPrepared = true;
            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    private void CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file!)!);
            if (_mayCreate && !OperatingSystem.IsWindows() && !File.Exists(_file))
                CreatePrivate(_file!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseException($"The folder of database {_file} cannot be made: {failure.Message}", failure);
        }
    }

    // What callers said is for the service's own user; the log and index that SQLite makes beside the file take over its mode.
    [UnsupportedOSPlatform("windows")]
    private static void CreatePrivate(string file)
    {
        const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            new FileStream(file, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = Mine }).Dispose();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Opening it says why.
        }
    }

    // The last connection that closes moves the write-ahead log into the file.
    private void ReleaseFile()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }
}
