using Storage;

namespace VoiceAgent.Cluster;

/// <summary>The tables that the nodes of a cluster share; only in PostgreSQL. Moments are milliseconds by the database's clock, so that no two machines' clocks are ever compared.</summary>
internal static class ClusterSchema
{
    public const string Component = "cluster";

    /// <summary>Their migrations; see <see cref="Database.MigrateAsync"/>.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        // lost: 0 is there, 1 lost, 2 lost and its records closed. cluster_clock.beat: when a node was heard of last; since: the first time after a gap.
        new(1, "nodes, their calls, their leases", """
            CREATE TABLE cluster_clock (id INTEGER PRIMARY KEY, beat BIGINT NOT NULL, since BIGINT NOT NULL);
            INSERT INTO cluster_clock (id, beat, since) VALUES (1, 0, 0);
            CREATE TABLE cluster_nodes (
                process TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                sip TEXT NOT NULL,
                http TEXT NOT NULL,
                state TEXT NOT NULL,
                calls INTEGER NOT NULL,
                max_calls INTEGER NOT NULL,
                version TEXT NOT NULL,
                seen BIGINT NOT NULL,
                timeout_ms BIGINT NOT NULL,
                lost INTEGER NOT NULL);
            CREATE TABLE cluster_calls (
                process TEXT NOT NULL,
                call_id TEXT NOT NULL,
                direction TEXT NOT NULL,
                caller TEXT NOT NULL,
                dialled TEXT NOT NULL,
                trunk TEXT NOT NULL,
                agent TEXT NOT NULL,
                state TEXT NOT NULL,
                started_at TEXT NOT NULL,
                PRIMARY KEY (process, call_id));
            CREATE TABLE cluster_leases (
                process TEXT PRIMARY KEY,
                project TEXT NOT NULL,
                wanted INTEGER NOT NULL,
                granted INTEGER NOT NULL,
                renewed BIGINT NOT NULL,
                kept_ms BIGINT NOT NULL);
            """),
        new(2, "consoles", "ALTER TABLE cluster_nodes ADD COLUMN console TEXT NOT NULL DEFAULT ''"),   // which a node of before leaves as it is
    ];
}
