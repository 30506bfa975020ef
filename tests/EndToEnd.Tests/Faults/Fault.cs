using Simulation.Live;

namespace EndToEnd.Tests.Faults;

/// <summary>The ways in which a Live connection is lost, each with the words the service was seen to use.</summary>
public enum Fault
{
    Close1000,
    Close1001,
    Reset1006,
    Close1007,
    Close1008,
    Close1011,
    Freeze,
}

/// <summary>Points of a conversation at which a connection is lost.</summary>
public enum FaultPoint
{
    BeforeSetupReply,
    Idle,
    CallerSpeaking,
    ModelSpeaking,
    ToolPending,
    ToolAnswered,
    DuringGoAway,
    DuringResume,
}

/// <summary>Does to a simulated session what a <see cref="Fault"/> says.</summary>
internal static class FaultInjection
{
    public static Task InjectAsync(this SimulatedSession session, Fault fault) => fault switch
    {
        Fault.Close1000 => session.CloseAsync(1000),
        Fault.Close1001 => session.CloseAsync(1001, "going away"),
        Fault.Reset1006 => session.AbortAsync(),
        Fault.Close1007 => session.CloseAsync(1007, "Request contains an invalid argument."),
        Fault.Close1008 => session.CloseAsync(1008, "The operation was aborted."),
        Fault.Close1011 => session.CloseAsync(1011, "Internal error encountered."),
        Fault.Freeze => session.FreezeAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, message: null),
    };
}
