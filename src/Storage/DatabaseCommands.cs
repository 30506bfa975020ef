using System.Data.Common;
using System.Text;

namespace Storage;

/// <summary>Short forms of ADO.NET's commands; parameters are <c>@name</c> in both databases.</summary>
public static class DatabaseCommands
{
    /// <summary>A command in the connection's running transaction, if there is one.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="sql">Fixed text; values come as parameters only.</param>
    /// <param name="parameters">Names without <c>@</c>, and values: text, numbers or null. What no database can hold is left out of a text.</param>
    public static DbCommand Command(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + name;
            parameter.Value = value is string text ? Storable(text) : value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
        return command;
    }

    /// <summary>Runs a command that returns no rows.</summary>
    /// <returns>Rows that it has changed.</returns>
    public static async Task<int> ExecuteAsync(this DbCommand command, CancellationToken cancellation)
    {
        await using (command)
            return await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>First value of the first row; null where there is none.</summary>
    public static async Task<T?> ScalarAsync<T>(this DbCommand command, CancellationToken cancellation)
    {
        await using (command)
            return await command.ExecuteScalarAsync(cancellation) is T value ? value : default;
    }

    /// <summary>All rows.</summary>
    /// <param name="command">Runs once, and is disposed.</param>
    /// <param name="read">Makes something of the row that the reader stands on.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<List<T>> ListAsync<T>(this DbCommand command, Func<DbDataReader, T> read, CancellationToken cancellation)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            List<T> rows = [];
            while (await reader.ReadAsync(cancellation))
                rows.Add(read(reader));
            return rows;
        }
    }

    /// <summary>A text without what no database can hold, as every parameter that is a text is made; for texts within other parameters.</summary>
    public static string Storable(string text)
    {
        // PostgreSQL's text holds no NUL, and neither database half a surrogate pair; nobody means them, and one must not fail what shares its transaction.
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text.Replace("\0", "", StringComparison.Ordinal);   // the same text where there is none
        var whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return whole.Replace("\0", "", StringComparison.Ordinal);
    }

    /// <summary>Text of a column; null where it holds none.</summary>
    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
