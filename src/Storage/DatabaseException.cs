using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;

namespace Storage;

/// <summary>A database cannot be used; the message says in words which one, why, and what helps. Never holds a connection string.</summary>
public sealed class DatabaseException : DbException
{
    private const int Busy = 5;     // SQLITE_BUSY: another process writes
    private const int Locked = 6;   // SQLITE_LOCKED

    /// <summary>A database cannot be used.</summary>
    public DatabaseException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => InnerException is DbException { IsTransient: true } or SqliteException { SqliteErrorCode: Busy or Locked } or SocketException or IOException or TimeoutException;
}
