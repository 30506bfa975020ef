using Telephony.StateMachines;
using static Telephony.Sip.Registration.RegistrationState;
using static Telephony.Sip.Registration.RegistrationTrigger;

namespace Telephony.Sip.Registration;

/// <summary>Where a registration stands.</summary>
internal enum RegistrationState
{
    /// <summary>Nothing is under way; a timer runs.</summary>
    Waiting,

    /// <summary>The servers' names are being looked up.</summary>
    Locating,

    /// <summary>The servers are being asked.</summary>
    Registering,

    /// <summary>It holds.</summary>
    Registered,

    /// <summary>It holds, and its server is being asked again.</summary>
    Refreshing,

    /// <summary>It is being taken back.</summary>
    Leaving,

    /// <summary>Over.</summary>
    Left,
}

/// <summary>What happens to a registration.</summary>
internal enum RegistrationTrigger
{
    /// <summary>The timer of the state ran out.</summary>
    Due,

    /// <summary>The servers are known.</summary>
    Located,

    /// <summary>There is no server that could be asked.</summary>
    NotFound,

    /// <summary>A server has accepted it.</summary>
    Accepted,

    /// <summary>A server does not want it.</summary>
    Refused,

    /// <summary>No server has answered in a way that helps.</summary>
    Failed,

    /// <summary>Its connection, or its server, is gone.</summary>
    Lost,

    /// <summary>The service stops.</summary>
    Stop,

    /// <summary>Every server that was told so has answered that it is taken back, or that it will not.</summary>
    Withdrawn,
}

/// <summary>What the table has a registration do.</summary>
internal interface IRegistrationActions
{
    /// <summary>Whether some server holds it, or may yet come to: it accepted one that has not expired, or has a REGISTER to answer.</summary>
    bool MayHold { get; }

    /// <summary>Starts the timer to the next try.</summary>
    void Wait(Transition<RegistrationState, RegistrationTrigger> cause);

    /// <summary>Looks the servers up.</summary>
    void Locate();

    /// <summary>Asks the servers that were found.</summary>
    void Register(Transition<RegistrationState, RegistrationTrigger> cause);

    /// <summary>Notes what was accepted, and starts the timer to its renewal.</summary>
    void Hold(Transition<RegistrationState, RegistrationTrigger> cause);

    /// <summary>Asks the present server again.</summary>
    void Refresh();

    /// <summary>Takes it back.</summary>
    void Leave();

    /// <summary>Tells that it is over.</summary>
    void Finish();
}

/// <summary>The table that drives every registration.</summary>
internal static class RegistrationStates
{
    /// <summary>The one table, shared by all.</summary>
    public static StateTable<RegistrationState, RegistrationTrigger, IRegistrationActions> Table { get; } = Build();

    private static StateTable<RegistrationState, RegistrationTrigger, IRegistrationActions> Build()
    {
        var table = new StateTableBuilder<RegistrationState, RegistrationTrigger, IRegistrationActions>(Waiting);
        WithoutRegistration(table);
        WithRegistration(table);
        TheEnd(table);
        return table.Build();
    }

    // Accepted in all of them: a slow server's answer may come when we have stopped waiting for it.
    private static void WithoutRegistration(StateTableBuilder<RegistrationState, RegistrationTrigger, IRegistrationActions> table)
    {
        table.In(Waiting)
            .OnEntry((registration, cause) => registration.Wait(cause))
            .On(Due, Locating)
            .On(Accepted, Registered)
            .On(Stop, Leaving, when: registration => registration.MayHold)
            .On(Stop, Left)
            .Ignore(Located, NotFound, Refused, Failed, Lost, Withdrawn);

        table.In(Locating)
            .OnEntry(registration => registration.Locate())
            .On(Located, Registering)
            .On(NotFound, Waiting)
            .On(Accepted, Registered)
            .On(Stop, Leaving, when: registration => registration.MayHold)
            .On(Stop, Left)
            .Ignore(Due, Refused, Failed, Lost, Withdrawn);

        table.In(Registering)
            .OnEntry((registration, cause) => registration.Register(cause))
            .On(Accepted, Registered)
            .On(Refused, Waiting)
            .On(Failed, Waiting)
            .On(Stop, Leaving, when: registration => registration.MayHold)
            .On(Stop, Left)
            .Ignore(Due, Located, NotFound, Lost, Withdrawn);
    }

    private static void WithRegistration(StateTableBuilder<RegistrationState, RegistrationTrigger, IRegistrationActions> table)
    {
        table.In(Registered)
            .OnEntry((registration, cause) => registration.Hold(cause))
            .On(Due, Refreshing)
            .On(Lost, Locating)
            .On(Stop, Leaving)
            .Ignore(Located, NotFound, Accepted, Refused, Failed, Withdrawn);

        table.In(Refreshing)
            .OnEntry(registration => registration.Refresh())
            .On(Accepted, Registered)
            .On(Refused, Waiting)
            .On(Due, Locating)
            .On(Failed, Locating)
            .On(Lost, Locating)
            .On(Stop, Leaving)
            .Ignore(Located, NotFound, Withdrawn);
    }

    private static void TheEnd(StateTableBuilder<RegistrationState, RegistrationTrigger, IRegistrationActions> table)
    {
        table.In(Leaving)
            .OnEntry(registration => registration.Leave())
            .On(Withdrawn, Left)
            .On(Due, Left)
            .Ignore(Located, NotFound, Accepted, Refused, Failed, Lost, Stop);   // of what was asked before

        table.In(Left)
            .OnEntry(registration => registration.Finish())
            .Ignore(Due, Located, NotFound, Accepted, Refused, Failed, Lost, Stop, Withdrawn);
    }
}
