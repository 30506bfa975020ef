using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Telephony.Sip.Ladders;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;
using VoiceAgent.Recordings;
using VoiceAgent.Records;

namespace VoiceAgent.WebConsole;

/// <summary>Finds calls, running and past ones of all services that share the database, and shows one with all that is known of it.</summary>
/// <remarks>Any thread. What is read is what the record writer has written: of a running call all but the last quarter of a second.</remarks>
internal sealed class CallEndpoints(ConsoleDoor door, CallArchive archive, CallTable calls, CallServices services, AgentDirectory agents, Recorder recorder, ClusterBoard cluster, IOptions<ConsoleOptions> console, ILogger<CallEndpoints> logger) : IDisposable
{
    private const int PageLimit = 50;

    // A search through all words reads the whole table; more at once would only slow each other, and the writer.
    private readonly SemaphoreSlim _reads = new(4);

    private const string OtherVersion = "Another version of this program has written this record; below it stands as it is.";

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/console/api/calls", door.For(ConsoleRole.Viewer, (context, _) => AskArchiveAsync(context, () => SearchAsync(context))));
        routes.MapGet("/console/api/calls/{key}", door.For(ConsoleRole.Viewer, (context, session) => AskArchiveAsync(context, () => ShowAsync(context, session))));
    }

    /// <inheritdoc/>
    public void Dispose() => _reads.Dispose();

    private async Task AskArchiveAsync(HttpContext context, Func<Task> work)
    {
        await _reads.WaitAsync(context.RequestAborted);
        try
        {
            await work();
        }
        catch (DbException failure)
        {
            logger.ArchiveSilent(failure.Message);
            await HttpProblem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "no-database", "The database with the records does not answer.");
        }
        finally
        {
            _reads.Release();
        }
    }

    private async Task SearchAsync(HttpContext context)
    {
        if (!TryRead(context.Request.Query, out var query, out var fault))
        {
            await HttpProblem.WriteAsync(context, StatusCodes.Status400BadRequest, "invalid", fault);
            return;
        }
        // One more than is shown tells whether there is a next page.
        var found = await archive.FindAsync(query with { Limit = PageLimit + 1 }, context.RequestAborted);
        var page = found.Take(PageLimit).ToList();
        await ConsoleDoor.WriteAsync(context, new SearchView(page, found.Count > PageLimit ? page[^1].Key : null), ConsoleJson.Default.SearchView);
    }

    private async Task ShowAsync(HttpContext context, ConsoleSession viewer)
    {
        var key = context.Request.RouteValues["key"] as string ?? "";
        if (await archive.GetAsync(key, context.RequestAborted) is not { } stored)
        {
            await HttpProblem.WriteAsync(context, StatusCodes.Status404NotFound, "not-found", "No such call is kept: none of that id was, it is too old, or records are switched off.");
            return;
        }
        var record = stored.Record;
        var session = calls.Running.FirstOrDefault(session => RecordCursor.KeyOf(session.Record) == stored.Summary.Key);
        await ConsoleDoor.WriteAsync(context, new CallView(
            stored.Summary,
            record is null ? [OtherVersion] : CallExplanation.Of(record),
            JsonElement.Parse(RecordParts.ToJson(RecordReading.Join(stored.Json, []))),
            session is not null,
            session is null ? [] : [.. TransfersOf(agents.Options, session).OrderBy(option => option.Key, StringComparer.Ordinal).Select(option => new TransferView(option.Key, session.WhyNoTransfer(option.Value.Mode)))],
            Ladder(session, record),
            session is not null && viewer.Role >= console.Value.ListenRole && console.Value.MaxListeners > 0,
            await ElsewhereAsync(stored, context.RequestAborted)), ConsoleJson.Default.CallView);
    }

    // Of a call that is over only the sound is left there, unless the folder is one for all.
    private async Task<OtherService?> ElsewhereAsync(StoredCall stored, CancellationToken cancellation)
    {
        var (name, isOver) = (stored.Summary.Instance, stored.Summary.EndReason is not null);
        if (name == cluster.Self || (isOver && (stored.Record?.Recording is null || File.Exists(recorder.Folder.PathOf(stored.Summary.Key)))))
            return null;
        return new OtherService(name, await cluster.ConsoleOfAsync(name, cancellation));
    }

    // Of calls that are over only those that failed have theirs in the record, where numbers are masked already.
    private string? Ladder(CallSession? session, CallRecord? record)
    {
        var messages = session is null ? record?.Ladder : services.Privacy.Ladder(session.Record.Messages.Read());
        return messages is null ? null : LadderText.Write(messages);
    }

    /// <summary>To whom a call may be handed: those whom its agent may hand it to.</summary>
    public static IReadOnlyDictionary<string, TransferOption> TransfersOf(AgentOptions agents, CallSession session) =>
        agents.Profiles.TryGetValue(session.Record.Agent, out var profile) ? profile.Transfers : new Dictionary<string, TransferOption>();

    private static bool TryRead(IQueryCollection asked, out CallQuery query, out string fault)
    {
        query = new CallQuery
        {
            Text = asked["text"], Number = asked["number"], Agent = asked["agent"], Trunk = asked["trunk"], Instance = asked["instance"], After = asked["after"],
        };
        fault = "";
        if (!TryDate(asked["from"], out var from) || !TryDate(asked["to"], out var to))
            fault = "Dates are written 2026-01-31 or 2026-01-31T18:00Z.";
        else if (!TryName<EndReason>(asked["reason"], out var reason))
            fault = "There is no such end reason.";
        else if (!TryName<CallDirection>(asked["direction"], out var direction))
            fault = "The direction is Inbound or Outbound.";
        else if (!TrySeconds(asked["silence"], out var silence))
            fault = "The silence is a number of seconds, such as 2.5.";
        else
            query = query with { From = from, To = to, EndReason = reason, Direction = direction, MinDeadAir = silence, IsRunning = bool.TryParse(asked["running"], out var running) ? running : null };
        return fault.Length == 0;
    }

    private static bool TryDate(string? text, out DateTimeOffset? date)
    {
        date = null;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var read))
            return false;
        date = read;
        return true;
    }

    private static bool TrySeconds(string? text, out TimeSpan? time)
    {
        const int Most = 86_400;
        time = null;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds is not (>= 0 and <= Most))
            return false;
        time = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static bool TryName<T>(string? text, out T? value)
        where T : struct, Enum
    {
        value = null;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!Enum.TryParse<T>(text, ignoreCase: true, out var read) || !Enum.IsDefined(read))
            return false;
        value = read;
        return true;
    }
}
