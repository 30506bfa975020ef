using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Storage;

namespace VoiceAgent.Cluster;

/// <summary>How this service knows of the others that share its PostgreSQL database, and shares the quota of Live sessions with them.</summary>
public sealed class ClusterOptions : IValidatableObject
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Cluster";

    /// <summary>Whether it does; null does so when the database is PostgreSQL.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Live sessions, and so calls, that all nodes of the project together may have at once; 0 for no limit but each node's own <c>Calls:MaxCalls</c>.</summary>
    [Range(0, 1_000_000)]
    public int LiveSessions { get; init; }

    /// <summary>Name of the quota that <see cref="LiveSessions"/> is: nodes with the same name share it.</summary>
    [Required, MaxLength(100)]
    public string LiveProject { get; init; } = "default";

    /// <summary>Sessions that a node holds ready for its next calls while there are not enough for all, at least; with many calls it is a tenth of them.</summary>
    [Range(1, 1_000)]
    public int SpareSessions { get; init; } = 10;

    /// <summary>How often a node says that it is there, and what has changed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:10")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Silence after which a node is taken for lost: its calls are listed no more, and their records closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a node that does not reach the database may go on to take calls with the sessions that it holds.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after that the sessions of a lost node are kept for calls that may still run there; <c>Calls:MaxDuration</c> has the limit hold whatever happens, less frees them sooner.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan LostSessionsHeld { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where browsers reach the console of this node, such as <c>https://node1.example/console/</c>: the other nodes' consoles lead there for calls that run here; empty where nobody gets there.</summary>
    [MaxLength(500)]
    public string ConsoleUrl { get; init; } = "";

    /// <summary>Whether it does, with this kind of database.</summary>
    public bool IsOn(DatabaseProvider provider) => Enabled ?? (provider == DatabaseProvider.PostgreSql);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (NodeTimeout < 3 * Heartbeat)
            yield return new("use at least three times Heartbeat: one that is late is not lost.", [nameof(NodeTimeout)]);
        if (Enabled == false && LiveSessions > 0)
            yield return new("needs the other nodes: set Cluster:Enabled, or limit this one with Calls:MaxCalls.", [nameof(LiveSessions)]);
        if (ConsoleUrl.Length > 0 && !IsPage(ConsoleUrl))
            yield return new("use the address of this node's console as browsers reach it, https://HOST/console/, without user, query and fragment.", [nameof(ConsoleUrl)]);
    }

    private static bool IsPage(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0;
}

[OptionsValidator]
internal sealed partial class ClusterOptionsValidator : IValidateOptions<ClusterOptions>;

/// <summary>Refuses a cluster without a database that its nodes could share.</summary>
internal sealed class ClusterDatabaseValidator(DatabaseProvider provider) : IValidateOptions<ClusterOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ClusterOptions options)
    {
        var key = options.Enabled == true ? $"{nameof(ClusterOptions.Enabled)} = 'true'" : options.LiveSessions > 0 ? $"{nameof(ClusterOptions.LiveSessions)} = '{options.LiveSessions}'" : null;
        return key is null || provider == DatabaseProvider.PostgreSql
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{ClusterOptions.Section}:{key} needs Database:Provider = PostgreSql: a file is no place for several nodes. One node alone is limited by Calls:MaxCalls.");
    }
}
