using Telephony.StateMachines;
using static VoiceAgent.Calls.CallState;
using static VoiceAgent.Calls.CallTrigger;

namespace VoiceAgent.Calls;

/// <summary>The table that drives every call: each state answers each trigger, by a move or by an explicit ignore.</summary>
internal static class CallStates
{
    /// <summary>The one table, shared by all calls.</summary>
    public static StateTable<CallState, CallTrigger, ICallActions> Table { get; } = Build();

    private static StateTable<CallState, CallTrigger, ICallActions> Build()
    {
        var table = new StateTableBuilder<CallState, CallTrigger, ICallActions>(Offered);
        BeforeTheAnswer(table);
        Conversation(table);
        Interruptions(table);
        Persons(table);
        TheEnd(table);
        return table.Build();
    }

    private static void BeforeTheAnswer(StateTableBuilder<CallState, CallTrigger, ICallActions> table)
    {
        table.In(Offered)
            .On(Admitted, Dialling, when: call => call.IsOutbound)
            .On(Admitted, Connecting)
            .On(ServiceStopping, Ending)
            .On(TimeIsUp, Ending)
            .On(CallEnded, Ended)
            .IgnoreAll(LiveReady, LiveFailed, LiveLost, LiveResumed, CallerConnected, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held, Unheld,
                PatienceOver, ApologyEnded, AgentHangsUp, AgentTransfers, TransferFailed);

        table.In(Connecting)
            .OnEntry(call => call.Ring())
            .OnEntry(call => call.ConnectLive())
            .On(LiveReady, Answering)
            .On(LiveFailed, Answering, when: call => call.ApologisesOnSetupFailure)
            .On(LiveFailed, Ending)
            .On(ServiceStopping, Ending)
            .On(TimeIsUp, Ending)
            .On(CallEnded, Ended)
            .IgnoreAll(Admitted, LiveLost, LiveResumed, CallerConnected, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held, Unheld,
                PatienceOver, ApologyEnded, AgentHangsUp, AgentTransfers, TransferFailed);

        // Nobody is called whom no agent could speak to.
        table.In(Dialling)
            .OnEntry(call => call.Answer())
            .OnEntry(call => call.ConnectLive())
            .On(CallerConnected, Resuming, when: call => call.LiveIsResuming)
            .On(CallerConnected, Joining, when: call => !call.LiveIsUp)
            .On(CallerConnected, Greeting, when: call => call.GreetingIsDue)
            .On(CallerConnected, Listening)
            .On(LiveFailed, Ending)
            .On(ServiceStopping, Ending)
            .On(TimeIsUp, Ending)
            .On(CallEnded, Ended)
            .IgnoreAll(Admitted, LiveReady, LiveLost, LiveResumed, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held, Unheld,
                PatienceOver, ApologyEnded, AgentHangsUp, AgentTransfers, TransferFailed);

        table.In(Joining)
            .On(LiveReady, OnHold, when: call => call.IsHeld)
            .On(LiveReady, Greeting, when: call => call.GreetingIsDue)
            .On(LiveReady, Listening)
            .On(LiveFailed, Apologising)
            .On(ServiceStopping, Ending)
            .On(TimeIsUp, Ending)
            .On(CallEnded, Ended)
            .IgnoreAll(Admitted, LiveLost, LiveResumed, CallerConnected, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held, Unheld,
                PatienceOver, ApologyEnded, AgentHangsUp, AgentTransfers, TransferFailed);

        // What becomes of the Live session meanwhile is looked at when the caller is there.
        table.In(Answering)
            .OnEntry(call => call.Answer())
            .On(CallerConnected, Apologising, when: call => !call.LiveIsUp && !call.LiveIsResuming)
            .On(CallerConnected, Resuming, when: call => call.LiveIsResuming)
            .On(CallerConnected, Greeting, when: call => call.GreetingIsDue)
            .On(CallerConnected, Listening)
            .On(ServiceStopping, Ending)
            .On(TimeIsUp, Ending)
            .On(CallEnded, Ended)
            .IgnoreAll(Admitted, LiveReady, LiveFailed, LiveLost, LiveResumed, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held, Unheld,
                PatienceOver, ApologyEnded, AgentHangsUp, AgentTransfers, TransferFailed);
    }

    private static void Conversation(StateTableBuilder<CallState, CallTrigger, ICallActions> table)
    {
        table.In(Conversing)
            .On(Held, OnHold)
            .On(LiveLost, Resuming)
            .On(LiveFailed, Apologising)
            .On(ServiceStopping, Ending)
            .On(TimeIsUp, Ending)
            .On(CallEnded, Ended)
            .On(PatienceOver, Apologising)
            .On(AgentHangsUp, Ending)
            .On(AgentTransfers, Consulting, when: call => call.AsksFirst)
            .On(AgentTransfers, Transferring)
            .IgnoreAll(Admitted, LiveReady, LiveResumed, CallerConnected, Unheld, ApologyEnded, TransferFailed);

        table.In(Greeting).SubstateOf(Conversing)
            .OnEntry(call => call.Greet())
            .On(AgentSpeechEnded, Listening)
            .On(BargeIn, Listening)
            .IgnoreAll(AgentSpeechStarted);

        table.In(Listening).SubstateOf(Conversing)
            .On(AgentSpeechStarted, Speaking)
            .IgnoreAll(AgentSpeechEnded, BargeIn);

        table.In(Speaking).SubstateOf(Conversing)
            .On(AgentSpeechEnded, Listening)
            .On(BargeIn, Listening)
            .IgnoreAll(AgentSpeechStarted);
    }

    private static void Interruptions(StateTableBuilder<CallState, CallTrigger, ICallActions> table)
    {
        table.In(OnHold)
            .On(Unheld, Greeting, when: call => call.GreetingIsDue)
            .On(Unheld, Speaking, when: call => call.AgentHasAudio)
            .On(Unheld, Listening)
            .On(LiveLost, Resuming)
            .On(LiveFailed, Apologising)
            .On(ServiceStopping, Ending)
            .On(TimeIsUp, Ending)
            .On(CallEnded, Ended)
            .IgnoreAll(Admitted, LiveReady, LiveResumed, CallerConnected, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held,
                PatienceOver, ApologyEnded, AgentHangsUp, AgentTransfers, TransferFailed);

        table.In(Resuming)
            .On(LiveResumed, OnHold, when: call => call.IsHeld)
            .On(LiveResumed, Greeting, when: call => call.GreetingIsDue)
            .On(LiveResumed, Speaking, when: call => call.AgentHasAudio)
            .On(LiveResumed, Listening)
            .On(LiveFailed, Apologising)
            .On(PatienceOver, Apologising)
            .On(AgentHangsUp, Ending)
            .On(AgentTransfers, Consulting, when: call => call.AsksFirst)
            .On(AgentTransfers, Transferring)
            .On(ServiceStopping, Ending)
            .On(TimeIsUp, Ending)
            .On(CallEnded, Ended)
            .IgnoreAll(Admitted, LiveReady, LiveLost, CallerConnected, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held, Unheld,
                ApologyEnded, TransferFailed);
    }

    /// <summary>The caller is handed to a person who is asked first.</summary>
    private static void Persons(StateTableBuilder<CallState, CallTrigger, ICallActions> table)
    {
        BackToAgent(table.In(Consulting), TransferFailed)
            .OnEntry(call => call.AskPerson())
            .OnExit(call => call.EndWaiting())
            .On(PersonAccepts, Joined)
            .On(TimeIsUp, Ending)
            .On(ServiceStopping, Ending)
            .On(CallEnded, Ended)
            .IgnoreAll(Admitted, LiveReady, LiveFailed, LiveLost, LiveResumed, CallerConnected, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held, Unheld,
                PatienceOver, ApologyEnded, AgentHangsUp, AgentTransfers, PersonLeft);

        BackToAgent(table.In(Joined), PersonLeft)
            .OnEntry(call => call.Join())
            .OnExit(call => call.Part())
            .On(TimeIsUp, Ending)
            .On(ServiceStopping, Ending)
            .On(CallEnded, Ended)
            .IgnoreAll(Admitted, LiveReady, LiveFailed, LiveLost, LiveResumed, CallerConnected, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held, Unheld,
                PatienceOver, ApologyEnded, AgentHangsUp, AgentTransfers, TransferFailed, PersonAccepts);

        foreach (var state in Enum.GetValues<CallState>().Except([Consulting, Joined, Greeting, Listening, Speaking, Ended]))
            table.In(state).IgnoreAll(PersonAccepts, PersonLeft);
    }

    /// <summary>A transfer that came to nothing, or to its end before the caller's call: they are with the agent again, wherever that stands.</summary>
    private static StateRules<CallState, CallTrigger, ICallActions> BackToAgent(StateRules<CallState, CallTrigger, ICallActions> rules, CallTrigger trigger) => rules
            .On(trigger, Apologising, when: call => !call.LiveIsUp && !call.LiveIsResuming)
            .On(trigger, Resuming, when: call => call.LiveIsResuming)
            .On(trigger, OnHold, when: call => call.IsHeld)
            .On(trigger, Speaking, when: call => call.AgentHasAudio)
            .On(trigger, Listening);

    private static void TheEnd(StateTableBuilder<CallState, CallTrigger, ICallActions> table)
    {
        table.In(Apologising)
            .OnEntry(call => call.Apologise())
            .On(ApologyEnded, Transferring, when: call => call.TransfersAtTheEnd)
            .On(ApologyEnded, Ending)
            .On(TimeIsUp, Transferring, when: call => call.TransfersAtTheEnd)
            .On(TimeIsUp, Ending)
            .On(ServiceStopping, Ending)
            .On(CallEnded, Ended)
            .IgnoreAll(Admitted, LiveReady, LiveFailed, LiveLost, LiveResumed, CallerConnected, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held, Unheld,
                PatienceOver, AgentHangsUp, AgentTransfers, TransferFailed);

        // A transfer that succeeds ends the call by itself.
        BackToAgent(table.In(Transferring).On(TransferFailed, Ending, when: call => !call.ReturnsToAgent), TransferFailed)
            .OnEntry(call => call.Transfer())
            .OnExit(call => call.EndTransfer())
            .On(TimeIsUp, Ending)
            .On(ServiceStopping, Ending)
            .On(CallEnded, Ended)
            .IgnoreAll(Admitted, LiveReady, LiveFailed, LiveLost, LiveResumed, CallerConnected, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held, Unheld,
                PatienceOver, ApologyEnded, AgentHangsUp, AgentTransfers);

        table.In(Ending)
            .OnEntry(call => call.EndCall())
            .On(CallEnded, Ended)
            .IgnoreAll(Admitted, LiveReady, LiveFailed, LiveLost, LiveResumed, CallerConnected, AgentSpeechStarted, AgentSpeechEnded, BargeIn, Held, Unheld,
                PatienceOver, ApologyEnded, AgentHangsUp, AgentTransfers, TransferFailed, TimeIsUp, ServiceStopping);

        table.In(Ended)
            .OnEntry(call => call.Complete())
            .IgnoreAll(Enum.GetValues<CallTrigger>());
    }

    private static StateRules<CallState, CallTrigger, ICallActions> IgnoreAll(
        this StateRules<CallState, CallTrigger, ICallActions> rules, params ReadOnlySpan<CallTrigger> triggers)
    {
        foreach (var trigger in triggers)
            rules.Ignore(trigger);
        return rules;
    }
}
