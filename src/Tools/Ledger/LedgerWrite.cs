using System.Data.Common;
using Storage;
using Tools.Invocation;

namespace Tools.Ledger;

/// <summary>One line on its way into the ledger; several of them share a transaction.</summary>
/// <remarks>Made by any thread, written by the ledger's loop, which completes <see cref="Written"/>.</remarks>
internal abstract class LedgerWrite
{
    private readonly TaskCompletionSource<bool> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasEffect;

    /// <summary>True once it is on disk; false when it is not, at least for now.</summary>
    public Task<bool> Written => _written.Task;

    /// <summary>What the loop tries again later when this could not be written, or null; called on the loop.</summary>
    public virtual LedgerWrite? Later => this;

    /// <summary>Runs the statement; right when it has been run before.</summary>
    public async Task RunAsync(DbConnection connection, CancellationToken cancellation) => _hasEffect = await ExecuteAsync(connection, cancellation) > 0;

    /// <summary>The transaction is on disk.</summary>
    public virtual void Committed() => _written.TrySetResult(_hasEffect);

    /// <summary>The transaction failed.</summary>
    public void Failed() => _written.TrySetResult(false);

    /// <summary>Runs the statement.</summary>
    /// <returns>Rows that it changed.</returns>
    protected abstract Task<int> ExecuteAsync(DbConnection connection, CancellationToken cancellation);
}

/// <summary>A tool is about to act.</summary>
internal sealed class IntentWrite(LedgerIntent intent, string instance, string process, string at) : LedgerWrite
{
    /// <summary>The one who asked was told no; a commit whose answer got lost must not look like a running tool.</summary>
    public override LedgerWrite Later => NeverRun(ToolOutcome.Refused, "Never run: the ledger could not confirm the intent.");

    /// <summary>Takes the intent back.</summary>
    public NeverRunWrite NeverRun(ToolOutcome outcome, string note) => new(intent.Key, process, at, outcome, note);

    protected override Task<int> ExecuteAsync(DbConnection connection, CancellationToken cancellation) => connection.Command(
        """
        INSERT INTO tool_ledger (key, instance, process, call_id, tool, arguments, intended_at, outcome, result, note)
        VALUES (@key, @instance, @process, @call, @tool, @arguments, @at, 'Running', '', '')
        ON CONFLICT (key) DO NOTHING
        """,
        ("key", intent.Key), ("instance", instance), ("process", process), ("call", intent.CallId), ("tool", intent.Tool),
        ("arguments", intent.Arguments), ("at", at)).ExecuteAsync(cancellation);
}

/// <summary>An intent that came to nothing, should it be in the ledger: exactly that one, not an older one of the same key.</summary>
internal sealed class NeverRunWrite(string key, string process, string at, ToolOutcome outcome, string note) : LedgerWrite
{
    protected override Task<int> ExecuteAsync(DbConnection connection, CancellationToken cancellation) => connection.Command(
        """
        UPDATE tool_ledger SET outcome = @outcome, note = @note, concluded_at = @at
        WHERE key = @key AND process = @process AND intended_at = @at AND outcome = 'Running'
        """,
        ("key", key), ("process", process), ("at", at), ("outcome", outcome.ToString()), ("note", note)).ExecuteAsync(cancellation);
}

/// <summary>What became of it.</summary>
internal sealed class ConclusionWrite(string key, ToolOutcome outcome, string result, string note, string at) : LedgerWrite
{
    protected override Task<int> ExecuteAsync(DbConnection connection, CancellationToken cancellation) => connection.Command(
        "UPDATE tool_ledger SET outcome = @outcome, result = @result, note = @note, concluded_at = @at WHERE key = @key",
        ("key", key), ("outcome", outcome.ToString()), ("result", result), ("note", note), ("at", at)).ExecuteAsync(cancellation);
}

/// <summary>The model has the result.</summary>
internal sealed class DeliveryWrite(string key, string at) : LedgerWrite
{
    protected override Task<int> ExecuteAsync(DbConnection connection, CancellationToken cancellation) =>
        connection.Command("UPDATE tool_ledger SET delivered_at = @at WHERE key = @key", ("key", key), ("at", at)).ExecuteAsync(cancellation);
}

/// <summary>What a process that is gone has left open, and what is old: looked for again while the service runs.</summary>
/// <param name="recovery">What to look for.</param>
/// <param name="found">Hears, on the ledger's loop, what was found once that is on disk.</param>
internal sealed class RecoveryWrite(LedgerRecovery recovery, Action<LedgerFindings> found) : LedgerWrite
{
    private LedgerFindings? _findings;

    /// <summary>The next hour's comes anyway.</summary>
    public override LedgerWrite? Later => null;

    /// <inheritdoc/>
    public override void Committed()
    {
        base.Committed();
        found(_findings!);
    }

    protected override async Task<int> ExecuteAsync(DbConnection connection, CancellationToken cancellation)
    {
        _findings = await recovery.RunAsync(connection, cancellation);
        return _findings.Left.Count + _findings.Old;
    }
}
