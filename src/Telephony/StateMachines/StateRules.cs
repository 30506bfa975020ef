using System.Runtime.CompilerServices;

namespace Telephony.StateMachines;

/// <summary>The rules of one state while the table is being written; every method returns the same object, so that a state reads as one sentence.</summary>
public sealed class StateRules<TState, TTrigger, TContext>
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    private readonly List<StateRule<TState, TTrigger, TContext>> _rules = [];
    private readonly List<Action<TContext, Transition<TState, TTrigger>>> _entryActions = [];
    private readonly List<Action<TContext, Transition<TState, TTrigger>>> _exitActions = [];

    internal StateRules(TState state) => State = state;

    internal TState State { get; }

    internal TState? Superstate { get; private set; }

    internal IReadOnlyList<StateRule<TState, TTrigger, TContext>> Rules => _rules;

    internal IEnumerable<TState> NamedStates => _rules.Select(rule => rule.Target).Concat(Superstate is { } superstate ? [superstate] : []);

    /// <summary>Puts the state inside another: it inherits the rules, and is entered after and left before its superstate.</summary>
    /// <exception cref="InvalidOperationException">The state lies inside another one already.</exception>
    public StateRules<TState, TTrigger, TContext> SubstateOf(TState superstate)
    {
        Superstate = Superstate is null ? superstate : throw new InvalidOperationException($"State {State} lies inside {Superstate} already.");
        return this;
    }

    /// <summary>Runs when the state is entered from outside it, after the entry of its superstates.</summary>
    public StateRules<TState, TTrigger, TContext> OnEntry(Action<TContext> action) => OnEntry((context, _) => action(context));

    /// <inheritdoc cref="OnEntry(Action{TContext})"/>
    public StateRules<TState, TTrigger, TContext> OnEntry(Action<TContext, Transition<TState, TTrigger>> action)
    {
        _entryActions.Add(action);
        return this;
    }

    /// <summary>Runs when the state is left for outside it, before the exit of its superstates.</summary>
    public StateRules<TState, TTrigger, TContext> OnExit(Action<TContext> action) => OnExit((context, _) => action(context));

    /// <inheritdoc cref="OnExit(Action{TContext})"/>
    public StateRules<TState, TTrigger, TContext> OnExit(Action<TContext, Transition<TState, TTrigger>> action)
    {
        _exitActions.Add(action);
        return this;
    }

    /// <summary>Goes to another state; the rules of one trigger are tried in the order in which they are written.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <param name="target">Where to; the state itself means to leave and enter it again.</param>
    /// <param name="when">The guard; asked once, before anything else happens.</param>
    /// <param name="guardLabel">The guard's name in the graph; by default its source text.</param>
    public StateRules<TState, TTrigger, TContext> On(TTrigger trigger, TState target, Func<TContext, bool>? when = null,
        [CallerArgumentExpression(nameof(when))] string? guardLabel = null) =>
        Add(trigger, StateRuleKind.Move, target, when, guardLabel, action: null);

    /// <summary>Runs an action and stays in the state, leaving and entering nothing.</summary>
    public StateRules<TState, TTrigger, TContext> Internal(TTrigger trigger, Action<TContext> action, Func<TContext, bool>? when = null,
        [CallerArgumentExpression(nameof(when))] string? guardLabel = null) =>
        Add(trigger, StateRuleKind.Internal, State, when, guardLabel, (context, _) => action(context));

    /// <inheritdoc cref="Internal(TTrigger, Action{TContext}, Func{TContext, bool}?, string?)"/>
    public StateRules<TState, TTrigger, TContext> Internal(TTrigger trigger, Action<TContext, Transition<TState, TTrigger>> action,
        Func<TContext, bool>? when = null, [CallerArgumentExpression(nameof(when))] string? guardLabel = null) =>
        Add(trigger, StateRuleKind.Internal, State, when, guardLabel, action);

    /// <summary>Says that these triggers mean nothing here.</summary>
    public StateRules<TState, TTrigger, TContext> Ignore(params ReadOnlySpan<TTrigger> triggers)
    {
        foreach (var trigger in triggers)
            Add(trigger, StateRuleKind.Ignore, State, guard: null, guardLabel: null, action: null);
        return this;
    }

    internal StateDefinition<TState, TTrigger, TContext> ToDefinition() => new(State, Superstate, [.. _rules], [.. _entryActions], [.. _exitActions]);

    private StateRules<TState, TTrigger, TContext> Add(TTrigger trigger, StateRuleKind kind, TState target, Func<TContext, bool>? guard,
        string? guardLabel, Action<TContext, Transition<TState, TTrigger>>? action)
    {
        _rules.Add(new StateRule<TState, TTrigger, TContext>(trigger, kind, target, guard, guardLabel, action));
        return this;
    }
}
