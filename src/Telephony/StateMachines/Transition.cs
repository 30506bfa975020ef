namespace Telephony.StateMachines;

/// <summary>What became of a trigger; an unhandled one is a value to be logged and counted, never an exception.</summary>
public enum FireOutcome
{
    /// <summary>The machine left one state and entered another, or left and entered the same one.</summary>
    Moved,

    /// <summary>An internal rule ran its action; no state was left or entered.</summary>
    Internal,

    /// <summary>The table says that the trigger means nothing in this state.</summary>
    Ignored,

    /// <summary>No rule of the state or of its superstates applies; nothing happened.</summary>
    Unhandled,

    /// <summary>Fired from inside an action: it is handled once the running trigger is completed.</summary>
    Queued,
}

/// <summary>One handled trigger: what actions are given besides the context, and what the machine's observer sees.</summary>
/// <param name="From">State in which the trigger was handled.</param>
/// <param name="Trigger">The trigger.</param>
/// <param name="To">State afterwards; equal to <paramref name="From"/> unless moved.</param>
/// <param name="Outcome">What became of the trigger; never <see cref="FireOutcome.Queued"/>.</param>
/// <param name="Argument">What travelled with the trigger, or null.</param>
public readonly record struct Transition<TState, TTrigger>(TState From, TTrigger Trigger, TState To, FireOutcome Outcome, object? Argument)
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    /// <summary>The argument as what it was fired as.</summary>
    /// <exception cref="InvalidCastException">It is something else: a bug of whoever fired the trigger.</exception>
    public TArgument ArgumentAs<TArgument>() => (TArgument)Argument!;
}
