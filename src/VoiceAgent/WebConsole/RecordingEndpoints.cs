using System.Data.Common;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;
using VoiceAgent.Recordings;
using VoiceAgent.Records;

namespace VoiceAgent.WebConsole;

/// <summary>Plays the recording of a call, from any place in it, and gives its outline; who listened stands in the call's record.</summary>
/// <remarks>Any thread. Decrypts what is asked for and keeps nothing of it.</remarks>
internal sealed class RecordingEndpoints(
    ConsoleDoor door, CallArchive archive, RecordNotes notes, Recorder recorder, RecordingKeys keys, CallTable calls, TimeProvider time, ILogger<RecordingEndpoints> logger) : IDisposable
{
    private const int Parts = 1_000;
    private const int MaxPlayers = 32;

    // Players ask for parts again and again: that is one listening.
    private static readonly TimeSpan OneListening = TimeSpan.FromMinutes(30);

    private readonly SemaphoreSlim _outlines = new(1);   // each reads a whole file, on a core that running calls need
    private readonly SemaphoreSlim _players = new(MaxPlayers);
    private readonly ListenerBook _listeners = new(OneListening, time);

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/console/api/calls/{key}/recording", door.For(ConsoleRole.Operator, PlayAsync));
        routes.MapGet("/console/api/calls/{key}/recording/outline", door.For(ConsoleRole.Operator, (context, _) => OutlineAsync(context)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _outlines.Dispose();
        _players.Dispose();
    }

    private async Task OpenAsync(HttpContext context, Func<RecordingReader, StoredCall, Task> work)
    {
        try
        {
            var key = context.Request.RouteValues["key"] as string ?? "";
            if (await archive.GetAsync(key, context.RequestAborted) is not { } stored)
            {
                await HttpProblem.WriteAsync(context, StatusCodes.Status404NotFound, "not-found", "No such call is kept.");
                return;
            }
            using var recording = RecordingReader.Open(recorder.Folder.PathOf(stored.Summary.Key), stored.Summary.Key, keys, out var fault);
            if (recording is null)
                await HttpProblem.WriteAsync(context, StatusCodes.Status404NotFound, "no-recording", fault!);
            else
                await work(recording, stored);
        }
        catch (DbException failure)
        {
            logger.ArchiveSilent(failure.Message);
            await HttpProblem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "no-database", "The database with the records does not answer.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException && !context.Response.HasStarted)
        {
            logger.RecordingUnread(failure.Message);
            await HttpProblem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "no-disk", "The disk does not give the recording.");
        }
    }

    // The place first: a file is opened, and its blocks are found, for no more than there are places.
    private async Task PlayAsync(HttpContext context, ConsoleSession session)
    {
        if (!await _players.WaitAsync(TimeSpan.Zero, context.RequestAborted))
        {
            await HttpProblem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "too-many", "Too many recordings are being played; try again in a moment.");
            return;
        }
        try
        {
            await OpenAsync(context, (recording, stored) => PlayAsync(context, session, recording, stored));
        }
        finally
        {
            _players.Release();
        }
    }

    private async Task PlayAsync(HttpContext context, ConsoleSession session, RecordingReader recording, StoredCall stored)
    {
        try
        {
            if (await NoteAsync(session, stored.Summary, context.RequestAborted))
                await Results.Stream(new RecordingStream(recording), "audio/wav", enableRangeProcessing: true).ExecuteAsync(context);
            else
                await HttpProblem.WriteAsync(context, StatusCodes.Status409Conflict, "not-closed", "The call is just ending, or was left open by a service that is gone; it can be heard once it is closed: in a moment, or within an hour.");
        }
        catch (InvalidDataException damage)
        {
            logger.RecordingUnread($"Call {stored.Summary.CallId}: {damage.Message}");
            context.Abort();   // what came before it has been sent
        }
    }

    // Nobody listens unseen: without the note there is no sound.
    private async Task<bool> NoteAsync(ConsoleSession session, CallSummary call, CancellationToken cancellation)
    {
        if (_listeners.IsListening(session.User, call.Key))
            return true;
        var text = $"{session.User} at the console: listened to the recording";
        if (calls.Running.FirstOrDefault(running => RecordCursor.KeyOf(running.Record) == call.Key) is not { } here || !here.TryPost(new CallSignal(null, new OperatorAct(text))))
        {
            if (!await notes.AddAsync(call.Key, text, cancellation))
                return false;
        }
        _listeners.Begin(session.User, call.Key);
        logger.CallAct(call.CallId, session.User, "listened to the recording");
        return true;
    }

    private async Task OutlineAsync(HttpContext context)
    {
        await _outlines.WaitAsync(context.RequestAborted);
        try
        {
            await OpenAsync(context, (recording, stored) => OutlineAsync(context, recording, stored));
        }
        finally
        {
            _outlines.Release();
        }
    }

    private static async Task OutlineAsync(HttpContext context, RecordingReader recording, StoredCall stored)
    {
        var entry = stored.Record?.Recording;
        try
        {
            var (caller, agent) = RecordingPeaks.Of(recording, Parts, context.RequestAborted);
            var view = new OutlineView((double)recording.Frames / recording.RateHz, entry?.BeganAtMs ?? 0, RecordingCheck.LengthFault(recording, entry), caller, agent, entry?.Pauses ?? []);
            await ConsoleDoor.WriteAsync(context, view, ConsoleJson.Default.OutlineView);
        }
        catch (InvalidDataException damage)
        {
            await HttpProblem.WriteAsync(context, StatusCodes.Status409Conflict, "damaged", damage.Message);
        }
    }
}
