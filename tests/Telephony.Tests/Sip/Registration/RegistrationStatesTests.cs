using Telephony.Sip.Registration;

namespace Telephony.Tests.Sip.Registration;

/// <summary>The table of a registration: complete, and with an end.</summary>
public sealed class RegistrationStatesTests
{
    [Fact]
    public void Every_state_answers_every_trigger() =>
        Assert.All(RegistrationStates.Table.States, state => Assert.All(RegistrationStates.Table.Triggers, trigger => Assert.True(
            RegistrationStates.Table.Handles(state, trigger), $"{state} does not answer {trigger}")));
}
