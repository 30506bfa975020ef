using System.Text.Json;
using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>What one call asks of its session, and where it can be had; the setup message is written from it.</summary>
/// <remarks>Made by <see cref="LiveClientFactory.Configure"/>, which merges an agent's wishes with section <c>Live</c>.</remarks>
public sealed record LiveSessionConfig
{
    /// <summary>The merged wishes.</summary>
    public required LiveSessionSettings Settings { get; init; }

    /// <summary>Where to connect: the configured place, then the fallbacks.</summary>
    public required IReadOnlyList<LiveTarget> Targets { get; init; }

    /// <summary>System instruction; empty sends none.</summary>
    public string SystemInstruction { get; init; } = "";

    /// <summary>What makes the model speak first (<see cref="LiveClient.StartGreeting"/>).</summary>
    public string Greeting { get; init; } = "";

    /// <summary>Functions that the model may call.</summary>
    public IReadOnlyList<LiveFunction> Functions { get; init; } = [];

    /// <summary>Whether the session itself answers calls of functions that do not exist; false leaves these, too, to whoever hears of the calls.</summary>
    public bool AnswersUnknownFunctions { get; init; } = true;

    /// <summary>What was said before this session, oldest first.</summary>
    public IReadOnlyList<LiveHistoryTurn> History { get; init; } = [];
}

/// <summary>A function that the model may call.</summary>
/// <param name="Name">A letter or underscore, then letters, digits, underscores; at most 64.</param>
/// <param name="Description">When to call it, and what to say meanwhile.</param>
/// <param name="Parameters">Schema of the arguments in the service's form (upper-case types); null for a function without arguments.</param>
/// <param name="Behavior">Whether the model waits for the result; where its family knows one way only, that one is taken.</param>
public sealed record LiveFunction(string Name, string Description, JsonElement? Parameters, LiveBehavior Behavior)
{
    /// <summary>The declaration as the setup message has it for a model.</summary>
    public JsonElement Declaration(LiveModelProfile profile) => SetupTools.Declaration(this, profile);
}

/// <summary>Whether the model waits for a function.</summary>
public enum LiveBehavior
{
    /// <summary>It waits, and says nothing meanwhile.</summary>
    Blocking,

    /// <summary>It goes on talking.</summary>
    NonBlocking,
}
