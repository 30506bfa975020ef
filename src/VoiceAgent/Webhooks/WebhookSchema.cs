using Storage;

namespace VoiceAgent.Webhooks;

/// <summary>The tables that say which calls' ends other systems have been told of; what there is to tell stands in the calls' records.</summary>
internal static class WebhookSchema
{
    public const string Component = "webhooks";

    /// <summary>Their migrations; see <see cref="Database.MigrateAsync"/>.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        // A system is told of a service's calls that began since it was first configured there, not of all that there have ever been.
        new(1, "systems and the ends that they have taken", """
            CREATE TABLE webhook_targets (
                instance TEXT NOT NULL,
                target TEXT NOT NULL,
                since TEXT NOT NULL,
                PRIMARY KEY (instance, target));
            CREATE TABLE webhook_told (
                call_key TEXT NOT NULL,
                target TEXT NOT NULL,
                PRIMARY KEY (call_key, target));
            """),
    ];
}
