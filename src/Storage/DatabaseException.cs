using System.Data.Common;

namespace Storage;

/// <summary>A database cannot be used; the message says in words which one, why, and what helps. Never holds a connection string.</summary>
public sealed class DatabaseException : DbException
{
    /// <summary>A database cannot be used.</summary>
    public DatabaseException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => InnerException is DbException { IsTransient: true };
}
