using Support;
using Telephony.StateMachines;
using VoiceAgent.Calls;
using static VoiceAgent.Calls.CallState;
using static VoiceAgent.Calls.CallTrigger;

namespace VoiceAgent.Tests.Calls;

public sealed class CallStatesTests
{
    public static TheoryData<CallState, CallTrigger> EveryPair
    {
        get
        {
            var pairs = new TheoryData<CallState, CallTrigger>();
            foreach (var state in CallStates.Table.States)
            {
                foreach (var trigger in CallStates.Table.Triggers)
                    pairs.Add(state, trigger);
            }
            return pairs;
        }
    }

    // The superstate is never the state of a call; what it leaves open, each of its substates answers.
    [Theory, MemberData(nameof(EveryPair))]
    public void Every_state_answers_every_trigger(CallState state, CallTrigger trigger) =>
        Assert.True(state == Conversing || CallStates.Table.Handles(state, trigger));

    [Fact]
    public void The_table_names_every_state() => Assert.Equal(Enum.GetValues<CallState>(), CallStates.Table.States);

    [Fact]
    public void The_picture_in_docs_is_the_table() =>
        Assert.Equal(StateGraph.ToMermaid(CallStates.Table), File.ReadAllText(Path.Combine(Repository.Root, "docs", "state-machines", "call.mmd")));

    [Fact]
    public void An_ordinary_call_rings_answers_greets_talks_and_ends()
    {
        var call = new Recorder { LiveIsUp = true, GreetingIsDue = true };
        Assert.Equal(
            [Connecting, Answering, Greeting, Listening, Speaking, Listening, Ended],
            call.Run(Admitted, LiveReady, CallerConnected, AgentSpeechEnded, AgentSpeechStarted, BargeIn, CallEnded));
        Assert.Equal(["Ring", "ConnectLive", "Answer", "Greet", "Complete"], call.Actions);
    }

    [Fact]
    public void A_call_that_we_make_dials_while_the_session_is_set_up_and_greets_who_answers()
    {
        var call = new Recorder { IsOutbound = true, LiveIsUp = true, GreetingIsDue = true };
        Assert.Equal([Dialling, Greeting, Listening, Ended], call.Run(Admitted, LiveReady, CallerConnected, AgentSpeechEnded, CallEnded));
        Assert.Equal(["Answer", "ConnectLive", "Greet", "Complete"], call.Actions);
    }

    [Fact]
    public void Who_answers_before_the_session_is_up_waits_for_it()
    {
        var call = new Recorder { IsOutbound = true, GreetingIsDue = true };
        Assert.Equal([Dialling, Joining], call.Run(Admitted, CallerConnected));
        Assert.Equal([Joining, Greeting], new Recorder { IsOutbound = true, GreetingIsDue = true }.Run(Admitted, CallerConnected, LiveReady).Skip(1));
        Assert.Equal([Joining, Apologising], new Recorder { IsOutbound = true }.Run(Admitted, CallerConnected, LiveFailed).Skip(1));
    }

    [Fact]
    public void Nobody_is_called_whom_no_agent_could_speak_to() =>
        Assert.Equal([Dialling, Ending, Ended], new Recorder { IsOutbound = true }.Run(Admitted, LiveFailed, CallEnded));

    [Fact]
    public void Call_that_nobody_answers_ends() =>
        Assert.Equal([Dialling, Ended], new Recorder { IsOutbound = true, LiveIsUp = true }.Run(Admitted, LiveReady, CallEnded));

    [Fact]
    public void Without_a_greeting_the_caller_speaks_first()
    {
        var call = new Recorder { LiveIsUp = true };
        Assert.Equal([Connecting, Answering, Listening], call.Run(Admitted, LiveReady, CallerConnected));
    }

    [Fact]
    public void A_failed_setup_refuses_the_call_or_apologises_as_configured()
    {
        Assert.Equal([Connecting, Ending, Ended], new Recorder().Run(Admitted, LiveFailed, CallEnded));

        var apologising = new Recorder { ApologisesOnSetupFailure = true };
        Assert.Equal([Connecting, Answering, Apologising, Ending, Ended], apologising.Run(Admitted, LiveFailed, CallerConnected, ApologyEnded, CallEnded));
        Assert.Equal(["Ring", "ConnectLive", "Answer", "Apologise", "EndCall", "Complete"], apologising.Actions);
    }

    [Fact]
    public void A_lost_session_resumes_without_a_second_greeting()
    {
        var call = new Recorder { LiveIsUp = true, GreetingIsDue = true };
        call.Run(Admitted, LiveReady, CallerConnected, AgentSpeechEnded);
        Assert.Equal([Resuming, Listening], call.Run(LiveLost, LiveResumed));
        Assert.Single(call.Actions, "Greet");
    }

    [Fact]
    public void A_session_that_is_lost_before_the_greeting_greets_when_it_is_back()
    {
        var call = new Recorder { LiveIsUp = true, GreetingIsDue = true };
        call.Run(Admitted, LiveReady);
        (call.LiveIsUp, call.LiveIsResuming) = (false, true);
        Assert.Equal([Resuming, Greeting], call.Run(LiveLost, CallerConnected, LiveResumed));
    }

    [Fact]
    public void A_session_that_is_gone_for_good_is_apologised_for_and_ended_from_every_state_of_a_conversation()
    {
        foreach (var trigger in new CallTrigger?[] { null, AgentSpeechStarted, Held, LiveLost })
        {
            var call = new Recorder { LiveIsUp = true };
            call.Run(Admitted, LiveReady, CallerConnected);
            if (trigger is { } before)
                call.Run(before);
            Assert.Equal([Apologising, Ending, Ended], call.Run(LiveFailed, ApologyEnded, CallEnded));
        }
    }

    [Fact]
    public void The_end_of_a_cut_off_turn_does_not_end_the_apology()
    {
        var call = new Recorder { LiveIsUp = true };
        call.Run(Admitted, LiveReady, CallerConnected, LiveFailed);
        Assert.Empty(call.Run(AgentSpeechEnded));
        Assert.Equal([Ending], call.Run(ApologyEnded));
    }

    [Fact]
    public void A_caller_who_has_waited_too_long_hears_the_apology()
    {
        var call = new Recorder { LiveIsUp = true };
        call.Run(Admitted, LiveReady, CallerConnected);
        Assert.Equal([Apologising, Ending, Ended], call.Run(PatienceOver, ApologyEnded, CallEnded));
        var resuming = new Recorder { LiveIsUp = true };
        resuming.Run(Admitted, LiveReady, CallerConnected, LiveLost);
        Assert.Equal([Apologising], resuming.Run(PatienceOver));
    }

    [Fact]
    public void After_the_apology_the_caller_is_transferred_where_that_is_configured()
    {
        var call = new Recorder { LiveIsUp = true, TransfersAtTheEnd = true };
        call.Run(Admitted, LiveReady, CallerConnected);
        Assert.Equal([Apologising, Transferring, Ended], call.Run(LiveFailed, ApologyEnded, CallEnded));
        Assert.Equal(["Ring", "ConnectLive", "Answer", "Apologise", "Transfer", "EndTransfer", "Complete"], call.Actions);
    }

    [Theory]
    [InlineData(TransferFailed)]
    [InlineData(TimeIsUp)]
    [InlineData(ServiceStopping)]
    public void A_transfer_that_does_not_come_about_ends_the_call(CallTrigger trigger)
    {
        var call = new Recorder { LiveIsUp = true, TransfersAtTheEnd = true };
        call.Run(Admitted, LiveReady, CallerConnected, LiveFailed, ApologyEnded);
        Assert.Equal([Ending, Ended], call.Run(trigger, CallEnded));
    }

    [Fact]
    public void The_agent_ends_a_call_from_every_state_in_which_it_talks_to_the_caller()
    {
        foreach (var trigger in new CallTrigger?[] { null, AgentSpeechStarted, LiveLost })
        {
            var call = Talking();
            if (trigger is { } before)
                call.Run(before);
            Assert.Equal([Ending, Ended], call.Run(AgentHangsUp, CallEnded));
        }
        var held = Talking();
        held.Run(Held);
        Assert.Empty(held.Run(AgentHangsUp, AgentTransfers));
    }

    [Fact]
    public void After_a_failed_transfer_the_caller_is_back_with_the_agent()
    {
        var call = Talking();
        Assert.Equal([Transferring, Listening], call.Run(AgentTransfers, AgentSpeechStarted, TransferFailed));
        call.AgentHasAudio = true;
        Assert.Equal([Transferring, Speaking], call.Run(AgentTransfers, TransferFailed));
        Assert.Equal([Transferring], call.Run(AgentTransfers));
        call.IsHeld = true;
        Assert.Equal([OnHold], call.Run(Held, TransferFailed));
    }

    [Theory]
    [InlineData(true, Resuming)]
    [InlineData(false, Apologising)]
    public void A_session_that_was_lost_during_a_transfer_is_looked_at_after_it(bool resumes, CallState expected)
    {
        var call = Talking();
        call.Run(AgentTransfers, LiveLost);
        (call.LiveIsUp, call.LiveIsResuming) = (false, resumes);
        Assert.Equal([expected], call.Run(TransferFailed));
    }

    [Fact]
    public void A_person_who_takes_the_caller_has_them_until_one_of_them_leaves()
    {
        foreach (var (trigger, states) in new (CallTrigger, CallState[])[] { (CallEnded, [Ended]), (TimeIsUp, [Ending, Ended]), (ServiceStopping, [Ending, Ended]) })
        {
            var call = Talking(asksFirst: true);
            Assert.Equal([Consulting, Joined], call.Run(AgentTransfers, LiveFailed, Held, PersonAccepts));
            call.Actions.Clear();
            Assert.Equal(states, call.Run(LiveLost, BargeIn, TransferFailed, PersonAccepts, trigger, CallEnded));
            Assert.Equal(states.Length == 2 ? ["Part", "EndCall", "Complete"] : ["Part", "Complete"], call.Actions);
        }
    }

    [Theory]
    [InlineData(true, false, false, Listening)]
    [InlineData(true, false, true, OnHold)]
    [InlineData(false, true, false, Resuming)]
    [InlineData(false, false, false, Apologising)]
    public void A_caller_whom_the_person_leaves_is_back_with_the_agent(bool isUp, bool resumes, bool isHeld, CallState expected)
    {
        var call = Talking(asksFirst: true);
        call.Run(AgentTransfers, PersonAccepts);
        (call.LiveIsUp, call.LiveIsResuming, call.IsHeld) = (isUp, resumes, isHeld);
        Assert.Equal([expected], call.Run(PersonLeft));
        Assert.Contains("Part", call.Actions);
    }

    [Fact]
    public void A_person_who_does_not_take_the_caller_leaves_them_with_the_agent()
    {
        var call = Talking(asksFirst: true);
        Assert.Equal([Consulting, Listening], call.Run(AgentTransfers, AgentSpeechStarted, PersonLeft, TransferFailed));
        Assert.Equal(["AskPerson", "EndWaiting"], call.Actions.TakeLast(2));
        call.AgentHasAudio = true;
        Assert.Equal([Consulting, Speaking], call.Run(AgentTransfers, TransferFailed));
        (call.LiveIsUp, call.LiveIsResuming) = (false, true);
        Assert.Equal([Consulting, Resuming], call.Run(AgentTransfers, TransferFailed));
        call.LiveIsResuming = false;
        Assert.Equal([Consulting, Apologising], call.Run(AgentTransfers, TransferFailed));
    }

    [Fact]
    public void Hold_survives_a_resume_and_comes_back_to_what_the_agent_was_doing()
    {
        var call = new Recorder { LiveIsUp = true };
        call.Run(Admitted, LiveReady, CallerConnected, AgentSpeechStarted);
        call.IsHeld = true;
        Assert.Equal([OnHold, Resuming, OnHold], call.Run(Held, LiveLost, LiveResumed));
        (call.IsHeld, call.AgentHasAudio) = (false, true);
        Assert.Equal([Speaking], call.Run(Unheld));
    }

    [Fact]
    public void A_greeting_that_a_loss_and_a_hold_have_kept_back_comes_after_the_hold()
    {
        var call = new Recorder { LiveIsUp = true, GreetingIsDue = true };
        call.Run(Admitted, LiveReady);
        (call.LiveIsUp, call.LiveIsResuming, call.IsHeld) = (false, true, true);
        Assert.Equal([Resuming, OnHold], call.Run(CallerConnected, Held, LiveResumed));
        call.IsHeld = false;
        Assert.Equal([Greeting], call.Run(Unheld));
    }

    [Fact]
    public void The_caller_may_leave_in_every_state()
    {
        foreach (var state in CallStates.Table.States.Where(state => state is not (Conversing or Ended)))
        {
            var rules = CallStates.Table.RulesOf(state).Concat(CallStates.Table.SuperstateOf(state) is { } super ? CallStates.Table.RulesOf(super) : []);
            Assert.Equal(Ended, rules.First(rule => rule.Trigger == CallEnded).Target);
        }
    }

    private static Recorder Talking(bool asksFirst = false)
    {
        var call = new Recorder { LiveIsUp = true, ReturnsToAgent = true, AsksFirst = asksFirst };
        call.Run(Admitted, LiveReady, CallerConnected);
        return call;
    }

    /// <summary>Runs the table and writes down what it asks for.</summary>
    private sealed class Recorder : ICallActions
    {
        private readonly StateMachine<CallState, CallTrigger, ICallActions> _machine;
        private readonly List<CallState> _moves = [];

        public Recorder() => _machine = new StateMachine<CallState, CallTrigger, ICallActions>(CallStates.Table, this, transition =>
        {
            Assert.NotEqual(FireOutcome.Unhandled, transition.Outcome);
            if (transition.Outcome == FireOutcome.Moved)
                _moves.Add(transition.To);
        });

        public List<string> Actions { get; } = [];

        public bool IsOutbound { get; set; }

        public bool LiveIsUp { get; set; }

        public bool LiveIsResuming { get; set; }

        public bool ApologisesOnSetupFailure { get; init; }

        public bool GreetingIsDue { get; set; }

        public bool IsHeld { get; set; }

        public bool AgentHasAudio { get; set; }

        public bool TransfersAtTheEnd { get; init; }

        public bool ReturnsToAgent { get; init; }

        public bool AsksFirst { get; init; }

        public void AskPerson() => Actions.Add(nameof(AskPerson));

        public void EndWaiting() => Actions.Add(nameof(EndWaiting));

        public void Join() => Actions.Add(nameof(Join));

        public void Part() => Actions.Add(nameof(Part));

        public IReadOnlyList<CallState> Run(params CallTrigger[] triggers)
        {
            _moves.Clear();
            foreach (var trigger in triggers)
                _machine.Fire(trigger);
            return [.. _moves];
        }

        public void Ring() => Actions.Add(nameof(Ring));

        public void ConnectLive() => Actions.Add(nameof(ConnectLive));

        public void Answer() => Actions.Add(nameof(Answer));

        public void Greet()
        {
            GreetingIsDue = false;
            Actions.Add(nameof(Greet));
        }

        public void Apologise() => Actions.Add(nameof(Apologise));

        public void Transfer() => Actions.Add(nameof(Transfer));

        public void EndTransfer() => Actions.Add(nameof(EndTransfer));

        public void EndCall() => Actions.Add(nameof(EndCall));

        public void Complete() => Actions.Add(nameof(Complete));
    }
}
