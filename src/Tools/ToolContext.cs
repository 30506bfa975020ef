using System.Diagnostics;

namespace Tools;

/// <summary>What a tool may know of the call that it runs for; a method of a plugin takes it as a parameter, which the model does not see.</summary>
public sealed record ToolContext
{
    /// <summary>Our id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>Name of the agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The caller's number as the line gives it, such as <c>+493012345</c>; empty when withheld. In a call that the agent makes: the number of whom it calls.</summary>
    public string CallerNumber { get; init; } = "";

    /// <summary>Whether the caller's number is more than the caller's word: a trusted trunk or a verified signature vouches for it. A number can be forged where this is false.</summary>
    public bool CallerIsVerified { get; init; }

    /// <summary>What the call's signed identity (STIR/SHAKEN) is worth: <c>NoToken</c>, <c>Valid A</c>, <c>NotVerified</c>, <c>Expired</c>, ...; an attestation is named only where it is proven.</summary>
    public string SignedIdentity { get; init; } = "NoToken";

    /// <summary>Number of whoever sent the call on last, as the line says; empty when nobody did or it is not told.</summary>
    public string DivertedFrom { get; init; } = "";

    /// <summary>Number that was dialled.</summary>
    public string DialledNumber { get; init; } = "";

    /// <summary>One value for one wish of the model, however often it is tried: at most 64 characters of <c>[0-9a-f-]</c>.</summary>
    public string IdempotencyKey { get; init; } = "";

    /// <summary>Takes news of a run that is not over: an object or a sentence for the model. Tools that the model waits for have nobody to tell; then it is only recorded.</summary>
    public IProgress<object> Progress { get; init; } = NoProgress.Instance;

    /// <summary>The trace of the call, below which the run's own span is; the span itself is <see cref="Activity.Current"/> while a tool runs. Default for a call without a trace.</summary>
    public ActivityContext Trace { get; init; }

    /// <summary>The service's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The context of a running function; null when it was called without one.</summary>
    public static ToolContext? Of(AIFunctionArguments arguments) =>
        arguments.Context?.TryGetValue(typeof(ToolContext), out var context) == true ? context as ToolContext : null;

    /// <summary>Arguments that carry this context.</summary>
    public AIFunctionArguments With(IDictionary<string, object?> arguments) =>
        new(arguments) { Context = new Dictionary<object, object?> { [typeof(ToolContext)] = this } };

    private sealed class NoProgress : IProgress<object>
    {
        public static NoProgress Instance { get; } = new();

        public void Report(object value)
        {
            // Nobody listens.
        }
    }
}
