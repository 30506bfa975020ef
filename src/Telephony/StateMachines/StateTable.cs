using System.Collections.Frozen;

namespace Telephony.StateMachines;

/// <summary>The rules of a state machine, shared by all its instances: states, substates, guarded transitions, entry and exit actions.</summary>
/// <remarks>Immutable; made by <see cref="StateTableBuilder{TState, TTrigger, TContext}"/>, run by <see cref="StateMachine{TState, TTrigger, TContext}"/>, drawn by <see cref="StateGraph"/>.</remarks>
public sealed class StateTable<TState, TTrigger, TContext>
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    private readonly FrozenDictionary<TState, StateDefinition<TState, TTrigger, TContext>> _definitions;

    internal StateTable(TState initial, IEnumerable<StateDefinition<TState, TTrigger, TContext>> definitions)
    {
        Initial = initial;
        _definitions = definitions.ToFrozenDictionary(definition => definition.State);
        States = [.. Enum.GetValues<TState>().Where(_definitions.ContainsKey)];
        Triggers = Enum.GetValues<TTrigger>();
    }

    /// <summary>State in which every machine starts; its entry actions do not run for that.</summary>
    public TState Initial { get; }

    /// <summary>The states that the table names, in the order of their enumeration.</summary>
    public IReadOnlyList<TState> States { get; }

    /// <summary>All triggers, in the order of their enumeration.</summary>
    public IReadOnlyList<TTrigger> Triggers { get; }

    /// <summary>The superstate whose rules the state inherits, or null.</summary>
    public TState? SuperstateOf(TState state) => Definition(state).Superstate;

    /// <summary>The state's own rules in the order in which they are tried, without the inherited ones.</summary>
    public IReadOnlyList<StateRule<TState, TTrigger, TContext>> RulesOf(TState state) => Definition(state).Rules;

    /// <summary>True if the trigger is answered in that state whatever the guards say: the state or a superstate has an unguarded rule for it.</summary>
    public bool Handles(TState state, TTrigger trigger)
    {
        for (TState? at = state; at is { } level; at = SuperstateOf(level))
        {
            foreach (var rule in RulesOf(level))
            {
                if (rule.Guard is null && Same(rule.Trigger, trigger))
                    return true;
            }
        }
        return false;
    }

    /// <summary>True if <paramref name="state"/> is <paramref name="other"/> or lies inside it.</summary>
    public bool IsIn(TState state, TState other)
    {
        for (TState? at = state; at is { } level; at = SuperstateOf(level))
        {
            if (Same(level, other))
                return true;
        }
        return false;
    }

    internal static bool Same<T>(T left, T right) where T : struct, Enum => EqualityComparer<T>.Default.Equals(left, right);

    internal StateDefinition<TState, TTrigger, TContext> Definition(TState state) =>
        _definitions.TryGetValue(state, out var definition)
            ? definition
            : throw new ArgumentOutOfRangeException(nameof(state), state, "The table does not name this state.");

    /// <summary>The first rule that applies: the state's own before those of its superstates.</summary>
    internal StateRule<TState, TTrigger, TContext>? FindRule(TState state, TTrigger trigger, TContext context)
    {
        for (TState? at = state; at is { } level; at = SuperstateOf(level))
        {
            foreach (var rule in RulesOf(level))
            {
                if (Same(rule.Trigger, trigger) && rule.Guard?.Invoke(context) != false)
                    return rule;
            }
        }
        return null;
    }
}

/// <summary>One state of a table: its superstate, its rules and what runs when it is entered and left.</summary>
internal sealed record StateDefinition<TState, TTrigger, TContext>(
    TState State,
    TState? Superstate,
    IReadOnlyList<StateRule<TState, TTrigger, TContext>> Rules,
    IReadOnlyList<Action<TContext, Transition<TState, TTrigger>>> EntryActions,
    IReadOnlyList<Action<TContext, Transition<TState, TTrigger>>> ExitActions)
    where TState : struct, Enum
    where TTrigger : struct, Enum;
