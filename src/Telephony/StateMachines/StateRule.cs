namespace Telephony.StateMachines;

/// <summary>What a rule does with its trigger.</summary>
public enum StateRuleKind
{
    /// <summary>Goes to the target state.</summary>
    Move,

    /// <summary>Runs an action and stays.</summary>
    Internal,

    /// <summary>Does nothing, on purpose.</summary>
    Ignore,
}

/// <summary>One line of a state's table: trigger, guard, and what then happens.</summary>
public sealed class StateRule<TState, TTrigger, TContext>
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    internal StateRule(TTrigger trigger, StateRuleKind kind, TState target, Func<TContext, bool>? guard, string? guardLabel,
        Action<TContext, Transition<TState, TTrigger>>? action)
    {
        Trigger = trigger;
        Kind = kind;
        Target = target;
        Guard = guard;
        GuardLabel = guard is null ? null : StateGraph.ReadableGuard(guardLabel);
        Action = action;
    }

    /// <summary>The trigger that the rule answers.</summary>
    public TTrigger Trigger { get; }

    /// <summary>Whether the rule moves, acts or ignores.</summary>
    public StateRuleKind Kind { get; }

    /// <summary>Where a moving rule goes; the rule's own state for the other kinds.</summary>
    public TState Target { get; }

    /// <summary>The guard as the table's source has it, without the lambda's parameter; null when unguarded.</summary>
    public string? GuardLabel { get; }

    internal Func<TContext, bool>? Guard { get; }

    internal Action<TContext, Transition<TState, TTrigger>>? Action { get; }
}
