namespace Telephony.StateMachines;

/// <summary>Collects the rules of a state machine and makes the immutable table of them, refusing what could never work.</summary>
/// <remarks>Used once, at start, by the type that owns the machine.</remarks>
public sealed class StateTableBuilder<TState, TTrigger, TContext>(TState initial)
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    private readonly Dictionary<TState, StateRules<TState, TTrigger, TContext>> _states = [];

    /// <summary>The rules of one state, to be added to; the same object however often it is asked for.</summary>
    public StateRules<TState, TTrigger, TContext> In(TState state)
    {
        if (!_states.TryGetValue(state, out var rules))
            _states.Add(state, rules = new StateRules<TState, TTrigger, TContext>(state));
        return rules;
    }

    /// <summary>Makes the table. States that are only named as a target or a superstate become states without rules of their own.</summary>
    /// <exception cref="InvalidOperationException">A state lies inside itself, or a rule can never be reached.</exception>
    public StateTable<TState, TTrigger, TContext> Build()
    {
        In(initial);
        foreach (var named in _states.Values.SelectMany(rules => rules.NamedStates).ToList())
            In(named);
        foreach (var rules in _states.Values)
        {
            RefuseCircle(rules);
            RefuseUnreachable(rules);
        }
        return new StateTable<TState, TTrigger, TContext>(initial, _states.Values.Select(rules => rules.ToDefinition()));
    }

    private void RefuseCircle(StateRules<TState, TTrigger, TContext> rules)
    {
        var depth = 0;
        for (var at = rules.Superstate; at is { } level; at = _states[level].Superstate)
        {
            if (++depth > _states.Count)
                throw new InvalidOperationException($"State {rules.State} lies inside itself.");
        }
    }

    private static void RefuseUnreachable(StateRules<TState, TTrigger, TContext> rules)
    {
        var settled = new HashSet<TTrigger>();
        foreach (var rule in rules.Rules)
        {
            if (settled.Contains(rule.Trigger))
                throw new InvalidOperationException($"State {rules.State}: a rule for {rule.Trigger} comes after one without a guard and is never reached.");
            if (rule.Guard is null)
                settled.Add(rule.Trigger);
        }
    }
}
