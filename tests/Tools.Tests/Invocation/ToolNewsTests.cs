using Tools.Invocation;

namespace Tools.Tests.Invocation;

public sealed class ToolNewsTests
{
    private readonly TaskCompletionSource<object?> _end = new();
    private ToolContext? _context;

    [Fact]
    public void News_are_told_at_most_once_a_second_and_the_newest_wins()
    {
        using var stage = Stage(ToolBehavior.NonBlocking);
        stage.Begin("1", "context");
        for (var percent = 10; percent < 50; percent += 10)
            _context!.Progress.Report(new { percent });
        Assert.Equal(["""1: {"output":{"percent":10}}..."""], stage.Answers);
        stage.Advance(1);
        Assert.Equal(["""1: {"output":{"percent":10}}...""", """1: {"output":{"percent":40}}..."""], stage.Answers);
        stage.Advance(5);
        Assert.Equal(2, stage.Answers.Count);

        _context!.Progress.Report("nearly");
        _context.Progress.Report("very nearly");
        _end.SetResult("ok");
        stage.Pump();
        stage.Advance(5);
        Assert.Equal(["""1: {"output":"nearly"}...""", """1: {"output":"ok"}"""], stage.Answers.Skip(2));
        Assert.Equal(ToolOutcome.Running, stage.AllAnswers[0].Outcome);
    }

    [Fact]
    public void News_of_an_urgent_result_do_not_interrupt()
    {
        using var stage = Stage(ToolBehavior.NonBlocking, ToolScheduling.Interrupt);
        stage.Begin("1", "context");
        _context!.Progress.Report("soon");
        Assert.Equal(ToolScheduling.WhenIdle, stage.AllAnswers[0].Scheduling);
    }

    [Fact]
    public void Where_the_model_waits_news_are_only_recorded()
    {
        using var stage = Stage(ToolBehavior.Blocking);
        stage.Begin("1", "context");
        _context!.Progress.Report("half");
        Assert.Empty(stage.Answers);
        Assert.Equal("""News: {"output":"half"}""", stage.Record("1").Note);
        Assert.Equal(ToolOutcome.Running, stage.Record("1").Outcome);
    }

    [Fact]
    public void Withdrawn_call_hears_no_news()
    {
        using var stage = Stage(ToolBehavior.NonBlocking);
        stage.Begin("1", "context");
        stage.Cancel("1");
        _context!.Progress.Report("half");
        Assert.Empty(stage.Answers);
    }

    [Fact]
    public void News_that_cannot_be_written_are_dropped_and_logged()
    {
        using var stage = Stage(ToolBehavior.NonBlocking);
        stage.Begin("1", "context");
        _context!.Progress.Report(new string('x', 100_000));
        _context.Progress.Report(new Action(() => { }));
        Assert.Empty(stage.Answers);
        Assert.Equal(2, stage.Log.Count);
    }

    [Fact]
    public void Tool_sees_whom_it_works_for()
    {
        using var stage = Stage(ToolBehavior.Blocking);
        stage.Begin("1", "context");
        Assert.Equal(("c1", "reception", "+4930123"), (_context!.CallId, _context.Agent, _context.CallerNumber));
        Assert.Equal(stage.Record("1").Key, _context.IdempotencyKey);
        Assert.Same(stage.Clock, _context.Time);
    }

    private ToolStage Stage(ToolBehavior behavior, ToolScheduling scheduling = ToolScheduling.WhenIdle) => new(new Tool(
        new UnrulyToolTests.ContextFunction(context =>
        {
            _context = context;
            return _end.Task;
        }),
        new ToolPolicy { Behavior = behavior, Scheduling = scheduling, Idempotent = true, Timeout = TimeSpan.FromMinutes(1) }));
}
