using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace VoiceAgent.WebConsole;

/// <summary>Who may use the console in the browser, and for how long without signing in again.</summary>
public sealed class ConsoleOptions : IValidatableObject
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Console";

    private const int MaxNameCharacters = 64;

    /// <summary>Whether there is a console at all. Without users it is served only where <c>Http:Listen</c> is an address of this machine alone.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Who may sign in, by name; with none, whoever has the link that the service prints at its start.</summary>
    public Dictionary<string, ConsoleUser> Users { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>After so long without a touch a browser is signed out.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "12:00:00")]
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>After so long everybody signs in again.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")]
    public TimeSpan SessionLength { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Calls at once that are made from the console's own page, to try an agent without a phone; each is a call like any other and counts among <c>Calls:MaxCalls</c>. 0 switches it off.</summary>
    [Range(0, 100)]
    public int MaxTalks { get; init; } = 4;

    /// <summary>Who may listen to running calls; it is noted in the call's record.</summary>
    public ConsoleRole ListenRole { get; init; } = ConsoleRole.Admin;

    /// <summary>Browsers that listen to calls at once; 0 switches it off.</summary>
    [Range(0, 100)]
    public int MaxListeners { get; init; } = 4;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, user) in Users)
        {
            if (name.Length > MaxNameCharacters)
                yield return new($"a name has at most {MaxNameCharacters} characters.", [nameof(Users)]);
            if (!PasswordHash.IsUsable(user.PasswordHash))
                yield return new($"{name} has no usable PasswordHash; make one by voiceagent console hash.", [nameof(Users)]);
        }
    }
}

/// <summary>Somebody who may sign in to the console.</summary>
public sealed class ConsoleUser
{
    /// <summary>What they may do.</summary>
    public ConsoleRole Role { get; init; } = ConsoleRole.Viewer;

    /// <summary>What <c>voiceagent console hash</c> made of their password.</summary>
    public string PasswordHash { get; init; } = "";
}

/// <summary>What somebody may do at the console; each may do what the ones before may.</summary>
public enum ConsoleRole
{
    /// <summary>See calls, past and running, and the service's state.</summary>
    Viewer,

    /// <summary>Hang up and transfer calls, tell the agent something, stop and resume the intake.</summary>
    Operator,

    /// <summary>Everything.</summary>
    Admin,
}

[OptionsValidator]
internal sealed partial class ConsoleOptionsValidator : IValidateOptions<ConsoleOptions>;
