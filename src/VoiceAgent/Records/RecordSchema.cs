using Storage;

namespace VoiceAgent.Records;

/// <summary>The tables of calls: one row each, and while a call runs its parts, written as they come.</summary>
internal static class RecordSchema
{
    public const string Component = "calls";

    /// <summary>Their migrations; see <see cref="Database.MigrateAsync"/>.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        // call_key is the call's start and id: ids alone come again within some years. record is the whole record once end_reason is set, before only what is no list.
        new(1, "calls and their parts", """
            CREATE TABLE calls (
                call_key TEXT PRIMARY KEY,
                call_id TEXT NOT NULL,
                instance TEXT NOT NULL,
                process TEXT NOT NULL,
                direction TEXT NOT NULL,
                started_at TEXT NOT NULL,
                caller TEXT NOT NULL,
                dialled TEXT NOT NULL,
                trunk TEXT NOT NULL,
                agent TEXT NOT NULL,
                answered_ms DOUBLE PRECISION,
                duration_ms DOUBLE PRECISION,
                end_reason TEXT,
                mos DOUBLE PRECISION,
                words TEXT NOT NULL,
                record TEXT NOT NULL);
            CREATE INDEX calls_id ON calls (call_id);
            CREATE INDEX calls_time ON calls (started_at);
            CREATE INDEX calls_open ON calls (instance) WHERE end_reason IS NULL;
            CREATE TABLE call_parts (
                call_key TEXT NOT NULL,
                list TEXT NOT NULL,
                position BIGINT NOT NULL,
                words TEXT NOT NULL,
                body TEXT NOT NULL,
                PRIMARY KEY (call_key, list, position));
            """),
        new(2, "longest silence of a call", "ALTER TABLE calls ADD COLUMN dead_air_ms DOUBLE PRECISION"),
        new(3, "long silences are found without reading every call", "CREATE INDEX calls_silence ON calls (dead_air_ms)"),
        // words is JSON: of each line the call's key, its name in the record, the turns that there were when it began, its text.
        new(4, "what is being said in the calls of a process", "CREATE TABLE open_words (process TEXT PRIMARY KEY, words BYTEA NOT NULL)"),
    ];
}
