using Telephony.StateMachines;

namespace Telephony.Tests.StateMachines;

public sealed class StateMachineTests
{
    private readonly Door _door = new();
    private readonly List<Transition<DoorState, DoorTrigger>> _seen = [];
    private readonly StateMachine<DoorState, DoorTrigger, Door> _machine;

    public StateMachineTests()
    {
        _machine = new(Door.Table, _door, _seen.Add);
        _door.Machine = _machine;
    }

    [Fact]
    public void Entry_runs_from_the_outermost_state_inwards()
    {
        Assert.Equal(FireOutcome.Moved, _machine.Fire(DoorTrigger.Push));
        Assert.Equal(["-Closed", "+Open", "+Ajar"], _door.Done);
        Assert.Equal(DoorState.Ajar, _machine.State);
        Assert.True(_machine.IsIn(DoorState.Open));
    }

    [Fact]
    public void A_move_between_siblings_neither_leaves_nor_enters_their_superstate()
    {
        Fire(DoorTrigger.Push);
        Assert.Equal(["-Ajar", "+Wide"], Fire(DoorTrigger.Push));
    }

    [Fact]
    public void A_substate_inherits_rules_and_exit_runs_from_the_innermost_state_outwards()
    {
        Fire(DoorTrigger.Push);
        Assert.Equal(["-Ajar", "-Open", "+Closed"], Fire(DoorTrigger.Slam));
    }

    [Fact]
    public void A_move_to_the_own_superstate_only_leaves_the_substate()
    {
        Fire(DoorTrigger.Push);
        Assert.Equal(["-Ajar"], Fire(DoorTrigger.Knock));
        Assert.Equal(DoorState.Open, _machine.State);
    }

    [Fact]
    public void A_move_to_the_same_state_leaves_and_enters_it() =>
        Assert.Equal(["-Closed", "+Closed"], Fire(DoorTrigger.Slam));

    [Fact]
    public void The_first_rule_whose_guard_holds_wins()
    {
        _door.HasKey = true;
        Fire(DoorTrigger.Lock);
        _door.HasKey = false;
        Assert.Equal(FireOutcome.Ignored, _machine.Fire(DoorTrigger.Unlock));
        Assert.Equal(DoorState.Locked, _machine.State);
        _door.HasKey = true;
        Assert.Equal(FireOutcome.Moved, _machine.Fire(DoorTrigger.Unlock));
        Assert.Equal(DoorState.Closed, _machine.State);
    }

    [Fact]
    public void An_internal_rule_gets_the_argument_and_moves_nothing()
    {
        Assert.Equal(FireOutcome.Internal, _machine.Fire(DoorTrigger.Knock, 3));
        Assert.Equal(["knock 3"], _door.Done);
    }

    [Theory]
    [InlineData(DoorTrigger.Kick)]
    [InlineData(DoorTrigger.Lock)]   // only a guarded rule, and there is no key
    public void An_unhandled_trigger_is_reported_and_does_nothing(DoorTrigger trigger)
    {
        Assert.Equal(FireOutcome.Unhandled, _machine.Fire(trigger));
        Assert.Equal(FireOutcome.Unhandled, Assert.Single(_seen).Outcome);
        Assert.Empty(_door.Done);
        Assert.Equal(DoorState.Closed, _machine.State);
    }

    [Fact]
    public void A_trigger_fired_inside_an_action_waits_until_the_running_one_is_completed()
    {
        var outcomes = new List<FireOutcome>();
        _door.OnAjar = machine =>
        {
            outcomes.Add(machine.Fire(DoorTrigger.Push, "queued"));
            _door.Done.Add("still in Ajar");
        };
        Assert.Equal(["-Closed", "+Open", "+Ajar", "still in Ajar", "-Ajar", "+Wide"], Fire(DoorTrigger.Push));
        Assert.Equal([FireOutcome.Queued], outcomes);
        Assert.Equal([DoorState.Ajar, DoorState.Wide], _seen.Select(move => move.To));
        Assert.Equal("queued", _seen[1].ArgumentAs<string>());
    }

    [Fact]
    public void An_action_that_throws_does_not_block_the_machine()
    {
        _door.OnAjar = _ => throw new InvalidOperationException("jammed");
        Assert.Throws<InvalidOperationException>(() => _machine.Fire(DoorTrigger.Push));
        Assert.Equal(DoorState.Ajar, _machine.State);
        Assert.Equal(FireOutcome.Moved, _machine.Fire(DoorTrigger.Push));
    }

    private List<string> Fire(DoorTrigger trigger)
    {
        _door.Done.Clear();
        _machine.Fire(trigger);
        return [.. _door.Done];
    }
}
