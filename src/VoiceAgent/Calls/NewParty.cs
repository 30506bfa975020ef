using Telephony.Calls;
using Tools;

namespace VoiceAgent.Calls;

/// <summary>What a call's agent, tools and record are told when the other end has handed the call to somebody else.</summary>
internal static class NewParty
{
    private const string Words =
        "(Somebody else is on the line from now on: the person you spoke with has handed this call to them. Greet them briefly and go on with what you were told of their wish. "
        + "Nothing that the other person proved or agreed to for themselves counts for this one.)";

    /// <summary>Tells all of them; call's loop.</summary>
    /// <param name="call">The call, which names the new party already.</param>
    /// <param name="bridge">Its audio and its Live session.</param>
    /// <param name="journal">Its record.</param>
    /// <param name="context">What tools may know of the new party.</param>
    /// <param name="state">Where the call stands: the new party is not greeted while it is with somebody else.</param>
    public static void Tell(Call call, CallBridge bridge, CallJournal journal, ToolContext context, CallState state)
    {
        journal.HandedOver(call.PartyNumber);
        bridge.Tools?.CallerChanged(context);
        if (bridge.IsAgentHeard)
            bridge.Live.CutAnswer();   // it was meant for the other one
        bridge.Live.SendText(Words, expectsAnswer: state is not (CallState.Consulting or CallState.Joined or CallState.Transferring or CallState.Ending));
    }
}
