using System.Data.Common;
using Microsoft.Extensions.Logging;
using Storage;
using Tools;

namespace Crm;

/// <summary>The CRM's way to its database: what fails there becomes a result in words.</summary>
internal sealed class CrmDatabase(Database database, ILogger logger)
{
    /// <summary>A look-up.</summary>
    public async Task<ToolResult> ReadAsync(ToolContext context, Func<DbConnection, Task<ToolResult>> read, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellation);
            return await read(connection);
        }
        catch (DbException failure)
        {
            logger.DatabaseFailed(context.CallId, database.Place, failure.Message);
            return ToolResult.Failed("The customer database does not answer, so nothing could be looked up.", mayRetry: true);
        }
    }

    /// <summary>A change, in one transaction; may run twice.</summary>
    /// <param name="context">Of the run.</param>
    /// <param name="what">What it does, for the caller: <c>the appointment was booked</c>.</param>
    /// <param name="write">The change.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<ToolResult> WriteAsync(ToolContext context, string what, Func<DbConnection, CancellationToken, Task<ToolResult>> write, CancellationToken cancellation)
    {
        var isDone = false;
        try
        {
            return await database.TransactAsync(
                async (connection, token) =>
                {
                    var result = await write(connection, token);
                    isDone = true;
                    return result;
                },
                cancellation);
        }
        catch (DbException failure)
        {
            // Before the commit nothing can have been kept; afterwards its answer may have got lost.
            logger.DatabaseFailed(context.CallId, database.Place, failure.Message);
            return isDone
                ? ToolResult.Unknown($"The customer database broke off, so it is not known whether {what}.")
                : ToolResult.Failed("The customer database does not answer, so nothing was changed.", mayRetry: true);
        }
    }
}

/// <summary>The CRM in the log.</summary>
internal static partial class CrmLog
{
    [LoggerMessage(5400, LogLevel.Warning, "Call {CallId}: the customer database {Place} does not answer: {Reason}")]
    public static partial void DatabaseFailed(this ILogger logger, string callId, string place, string reason);
}
