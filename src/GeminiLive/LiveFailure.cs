using GeminiLive.Configuration;

namespace GeminiLive;

/// <summary>Why there is no session: what <see cref="LiveConnectResult"/> and <see cref="LiveFailed"/> carry.</summary>
/// <param name="Kind">What to do about it.</param>
/// <param name="Code">WebSocket close code or HTTP status, where there was one.</param>
/// <param name="Detail">For the log: the server's words or the local observation; never holds the key.</param>
public sealed record LiveFailure(LiveFailureKind Kind, int? Code, string Detail)
{
    /// <summary>True when the upgrade itself was refused, with an HTTP status.</summary>
    internal bool IsBeforeSetup => Code is >= 400 and < 600;

    /// <summary>True when the same attempt may succeed a little later.</summary>
    public bool IsTransient => Kind is not LiveFailureKind.Refused and not LiveFailureKind.Cancelled;

    /// <summary>What it means for the person who configured the session, and what to change: a sentence without full stop.</summary>
    /// <param name="target">Where the session was asked for.</param>
    public string Explain(LiveTarget target) => FailureAdvice.Of(this, target);
}

/// <summary>The ways a session can fail; closed list.</summary>
public enum LiveFailureKind
{
    /// <summary>No WebSocket: name, TCP, TLS, upgrade, or the connect timeout.</summary>
    Unreachable,

    /// <summary>The service is up and says that it cannot serve now.</summary>
    Unavailable,

    /// <summary>The service is up and a quota of ours is spent; another key or region may have one left.</summary>
    QuotaSpent,

    /// <summary>The setup message was never answered.</summary>
    SetupTimedOut,

    /// <summary>Key, model, region or setup are wrong: nothing helps but a change of configuration.</summary>
    Refused,

    /// <summary>The service does not know the handle (any more).</summary>
    HandleRefused,

    /// <summary>A lost session did not come back within <see cref="LiveOptions.ReconnectBudget"/>, or came back mute again and again.</summary>
    BudgetSpent,

    /// <summary>A bug, here or in the listener; the log has it.</summary>
    Fault,

    /// <summary>The caller of <see cref="LiveClient.ConnectAsync"/> gave up.</summary>
    Cancelled,
}

/// <summary>How the first connection went.</summary>
/// <param name="SetupTime">From the first byte of the attempt to its end.</param>
/// <param name="Failure">Null when the session is ready.</param>
public sealed record LiveConnectResult(TimeSpan SetupTime, LiveFailure? Failure)
{
    /// <summary>Whether there is a session.</summary>
    public bool IsReady => Failure is null;
}
