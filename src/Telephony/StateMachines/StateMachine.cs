namespace Telephony.StateMachines;

/// <summary>One running instance of a <see cref="StateTable{TState, TTrigger, TContext}"/>: takes triggers, runs the table's actions on the context.</summary>
/// <remarks>Owned by one loop or thread. A trigger fired from inside an action waits until the running one is completed (run to completion).</remarks>
public sealed class StateMachine<TState, TTrigger, TContext>
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    private readonly StateTable<TState, TTrigger, TContext> _table;
    private readonly TContext _context;
    private readonly Action<Transition<TState, TTrigger>>? _observer;
    private readonly Queue<(TTrigger Trigger, object? Argument)> _queued = new();
    private bool _running;

    /// <param name="table">The rules.</param>
    /// <param name="context">What guards and actions are given.</param>
    /// <param name="observer">Told every handled trigger once its actions have run, the unhandled ones too: for logs and records.</param>
    public StateMachine(StateTable<TState, TTrigger, TContext> table, TContext context, Action<Transition<TState, TTrigger>>? observer = null)
    {
        _table = table;
        _context = context;
        _observer = observer;
        State = table.Initial;
    }

    /// <summary>The innermost state; inside exit actions still the old one, inside entry actions already the new one.</summary>
    public TState State { get; private set; }

    /// <summary>True in that state and in every state inside it.</summary>
    public bool IsIn(TState state) => _table.IsIn(State, state);

    /// <summary>Handles the trigger, and then what its actions have fired.</summary>
    /// <param name="trigger">What happened.</param>
    /// <param name="argument">What travels with it to the actions.</param>
    /// <returns>What became of this trigger; <see cref="FireOutcome.Queued"/> inside an action.</returns>
    public FireOutcome Fire(TTrigger trigger, object? argument = null)
    {
        if (_running)
        {
            _queued.Enqueue((trigger, argument));
            return FireOutcome.Queued;
        }
        _running = true;
        try
        {
            var outcome = Handle(trigger, argument);
            while (_queued.TryDequeue(out var next))
                Handle(next.Trigger, next.Argument);
            return outcome;
        }
        finally
        {
            _running = false;   // an action that throws is a bug; what it had queued is handled by the next trigger
        }
    }

    private FireOutcome Handle(TTrigger trigger, object? argument)
    {
        var rule = _table.FindRule(State, trigger, _context);
        var outcome = rule?.Kind switch
        {
            StateRuleKind.Move => FireOutcome.Moved,
            StateRuleKind.Internal => FireOutcome.Internal,
            StateRuleKind.Ignore => FireOutcome.Ignored,
            _ => FireOutcome.Unhandled,
        };
        var target = outcome == FireOutcome.Moved ? rule!.Target : State;
        var transition = new Transition<TState, TTrigger>(State, trigger, target, outcome, argument);
        if (outcome == FireOutcome.Moved)
            Move(transition);
        else
            rule?.Action?.Invoke(_context, transition);
        _observer?.Invoke(transition);
        return outcome;
    }

    private void Move(Transition<TState, TTrigger> transition)
    {
        var isReentry = StateTable<TState, TTrigger, TContext>.Same(transition.From, transition.To);
        Exit(transition, isReentry);
        State = transition.To;
        Enter(transition.To, transition, isReentry);
    }

    /// <summary>Leaves the old state and its superstates, innermost first, up to the first one that the new state lies in too.</summary>
    private void Exit(Transition<TState, TTrigger> transition, bool isReentry)
    {
        for (TState? at = transition.From; at is { } level; at = _table.SuperstateOf(level))
        {
            if (!isReentry && _table.IsIn(transition.To, level))
                return;
            Run(_table.Definition(level).ExitActions, transition);
            if (isReentry)
                return;
        }
    }

    /// <summary>Enters the new state's superstates that the old state did not lie in, outermost first, and then the state.</summary>
    private void Enter(TState level, Transition<TState, TTrigger> transition, bool isReentry)
    {
        if (!isReentry)
        {
            if (_table.IsIn(transition.From, level))
                return;
            if (_table.SuperstateOf(level) is { } superstate)
                Enter(superstate, transition, isReentry: false);
        }
        Run(_table.Definition(level).EntryActions, transition);
    }

    private void Run(IReadOnlyList<Action<TContext, Transition<TState, TTrigger>>> actions, Transition<TState, TTrigger> transition)
    {
        foreach (var action in actions)
            action(_context, transition);
    }
}
