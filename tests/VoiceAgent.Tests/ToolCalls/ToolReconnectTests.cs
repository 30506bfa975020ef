using GeminiLive;
using Simulation.Live;
using Support;
using Tools;
using Tools.Invocation;
using VoiceAgent.Tests.VirtualCalls;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Tests.ToolCalls;

/// <summary>The connection is lost at each point of a tool's call: it acts once, and the session that goes on learns its result (protocol reference, 10.3).</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class ToolReconnectTests
{
    private const string Result = "R-4417";

    private static readonly short[] Words = Tone.Sine(24_000, 500, 24_000, 6_000);

    /// <summary>Where the connection is lost.</summary>
    public enum Point
    {
        BeforeTheStart,
        WhileItRuns,
        EndedAndNotSent,
        SentAndNotSaved,
        PlaceholderSent,
        ResultTold,
    }

    public static TheoryData<Point, string, bool> Cells
    {
        get
        {
            var cells = new TheoryData<Point, string, bool>();
            foreach (var point in Enum.GetValues<Point>())
            {
                foreach (var model in (string[])["gemini-3.8-live", "gemini-3.1-flash-live-preview", "gemini-3.8-live-extended-thinking"])
                {
                    // A model that takes results whenever they come needs no placeholder.
                    if (point is Point.PlaceholderSent or Point.ResultTold && model == "gemini-3.8-live")
                        continue;
                    cells.Add(point, model, true);
                    cells.Add(point, model, false);
                }
            }
            return cells;
        }
    }

    [Theory, MemberData(nameof(Cells))]
    public async Task Tool_acts_once_and_the_next_session_learns_what_came_of_it(Point point, string model, bool isFresh)
    {
        var isEmulated = point is Point.PlaceholderSent or Point.ResultTold;
        var tool = new StagedTool("book", new ToolPolicy { Behavior = isEmulated ? ToolBehavior.NonBlocking : ToolBehavior.Blocking });
        await using var call = new VirtualCall(liveOptions: new LiveOptions { Model = model }, tools: tool.Tool);
        call.Start();
        call.Do(call.Session.SayAsync(Words, "Hello."));
        call.Run(2_000);
        Assert.Contains(call.Session.Events, happened => happened.Kind == SessionEventKind.HandleIssued);
        call.Live.Faults.RefuseHandles = isFresh;

        Lead(call, tool, point);
        call.RunUntil(() => call.Record.LiveResumes == 1, 5_000);
        if (isEmulated)
            call.Do(call.Session.SayAsync(Words, "I am still here."));   // what was due when the line was cut is asked for again
        Finish(call, tool, point);
        call.RunUntil(() => call.Session.Messages.Any(message => message.Json.Contains(Result, StringComparison.Ordinal)), 3_500);
        call.Run(500);
        Assert.Equal(1, tool.Started);
        AssertToldOnce(call);
        call.Do(call.Session.SayAsync(Words, "It is booked."));
        call.Run(1_500);
        call.Line.HangUp();
        call.Run(200);

        var entry = Assert.Single(call.Record.Tools);
        Assert.True(entry.HeardByCaller, $"{entry}\n{string.Join('\n', call.Record.Transcript)}\n{call.Story}");
        Assert.Equal((ToolOutcome.Succeeded, isEmulated ? ToolDelivery.Words : ToolDelivery.Response, true), (entry.Outcome, entry.Delivered, entry.HeardByCaller!.Value));
        Assert.Equal(ToolOutcome.Succeeded, Assert.Single(call.Ledger.Entries).Outcome);
        Assert.Equal(isFresh, Assert.Single(call.Record.Reconnects).IsFresh);
    }

    /// <summary>Leads to the point, and cuts the connection there.</summary>
    private static void Lead(VirtualCall call, StagedTool tool, Point point)
    {
        if (point == Point.BeforeTheStart)
            call.Ledger.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(point == Point.BeforeTheStart ? 20 : 300);
        Assert.Equal(point == Point.BeforeTheStart ? 0 : 1, tool.Started);
        if (point is Point.SentAndNotSaved or Point.ResultTold)
        {
            tool.Complete(Result);
            call.RunUntil(() => Tellings(call.Session) == 1, 3_000);
        }
        if (point == Point.EndedAndNotSent)
            call.Live.Faults.RefuseWithStatus = 503;
        call.Do(call.Session.AbortAsync());
        if (point != Point.EndedAndNotSent)
            return;
        call.Run(40);
        tool.Complete(Result);
        call.Run(200);
        call.Live.Faults.RefuseWithStatus = null;
    }

    private static void Finish(VirtualCall call, StagedTool tool, Point point)
    {
        call.Ledger.Gate?.SetResult();
        if (point is Point.BeforeTheStart)
            call.RunUntil(() => tool.Started == 1, 200);
        if (point is Point.BeforeTheStart or Point.WhileItRuns or Point.PlaceholderSent)
            tool.Complete(Result);
    }

    private static void AssertToldOnce(VirtualCall call)
    {
        // What a fresh session was told of the past does not make it speak; whatever came too late for that is said as well.
        Assert.InRange(Tellings(call.Session), 0, 1);
        Assert.Contains(call.Session.Messages, message => message.Json.Contains(Result, StringComparison.Ordinal));
        Assert.DoesNotContain(call.Session.Messages, message => message.Json.Contains("toolResponse", StringComparison.Ordinal));
        var sessions = call.Live.Sessions.Where(session => session.Events.Any(happened => happened.Kind == SessionEventKind.SetupCompleted)).ToList();
        Assert.Equal(2, sessions.Count);
        Assert.DoesNotContain(sessions, session => session.Events.Any(happened => happened.Kind == SessionEventKind.Refused));
    }

    /// <summary>Times that a session was told the result, but for its history.</summary>
    private static int Tellings(SimulatedSession session)
    {
        var history = session.ResumedHandle.Length == 0 && session.Number > 1 ? 2 : 1;
        return session.Messages.Skip(history).Count(message => message.Json.Contains(Result, StringComparison.Ordinal));
    }
}
