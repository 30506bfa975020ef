using Telephony.StateMachines;

namespace Telephony.Tests.StateMachines;

public sealed class StateTableTests
{
    [Theory]
    [InlineData(DoorState.Closed, DoorTrigger.Pull, true)]      // ignored on purpose
    [InlineData(DoorState.Closed, DoorTrigger.Lock, false)]     // guarded, no fallback
    [InlineData(DoorState.Locked, DoorTrigger.Unlock, true)]    // guarded, with fallback
    [InlineData(DoorState.Wide, DoorTrigger.Slam, true)]        // inherited
    [InlineData(DoorState.Wide, DoorTrigger.Lock, false)]
    [InlineData(DoorState.Broken, DoorTrigger.Kick, false)]     // only named as a target
    public void Handles_tells_whether_a_trigger_is_answered_whatever_the_guards_say(DoorState state, DoorTrigger trigger, bool handled) =>
        Assert.Equal(handled, Door.Table.Handles(state, trigger));

    [Fact]
    public void A_state_inside_itself_is_refused()
    {
        var table = new StateTableBuilder<DoorState, DoorTrigger, Door>(DoorState.Closed);
        table.In(DoorState.Ajar).SubstateOf(DoorState.Open);
        table.In(DoorState.Open).SubstateOf(DoorState.Ajar);
        Assert.Throws<InvalidOperationException>(() => table.Build());
    }

    [Fact]
    public void A_state_with_two_superstates_is_refused()
    {
        var table = new StateTableBuilder<DoorState, DoorTrigger, Door>(DoorState.Closed);
        Assert.Throws<InvalidOperationException>(() => table.In(DoorState.Ajar).SubstateOf(DoorState.Open).SubstateOf(DoorState.Closed));
    }

    [Fact]
    public void A_rule_that_can_never_be_reached_is_refused()
    {
        var table = new StateTableBuilder<DoorState, DoorTrigger, Door>(DoorState.Closed);
        table.In(DoorState.Closed).On(DoorTrigger.Push, DoorState.Open).Ignore(DoorTrigger.Push);
        Assert.Throws<InvalidOperationException>(() => table.Build());
    }
}
