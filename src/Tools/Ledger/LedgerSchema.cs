using Storage;

namespace Tools.Ledger;

/// <summary>The ledger's table.</summary>
internal static class LedgerSchema
{
    public const string Component = "tool_ledger";

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, "the ledger", """
            CREATE TABLE tool_ledger (
                key TEXT PRIMARY KEY,
                instance TEXT NOT NULL,
                process TEXT NOT NULL,
                call_id TEXT NOT NULL,
                tool TEXT NOT NULL,
                arguments TEXT NOT NULL,
                intended_at TEXT NOT NULL,
                outcome TEXT NOT NULL,
                concluded_at TEXT,
                result TEXT NOT NULL,
                delivered_at TEXT,
                note TEXT NOT NULL);
            CREATE INDEX tool_ledger_outcome ON tool_ledger (outcome);
            CREATE INDEX tool_ledger_call ON tool_ledger (call_id);
            CREATE INDEX tool_ledger_time ON tool_ledger (intended_at);
            """),
    ];
}
