using GeminiLive;
using Telephony.Calls;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using CallServices = VoiceAgent.Calls.CallServices;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>The services of a random call: its functions are declared, and everything that its Live session tells is seen before the call sees it.</summary>
internal sealed record ChaosServices(CallServices Services, Action<CallSignal> Note) : CallServices(Services)
{
    /// <summary>The call's bridge.</summary>
    public CallBridge? Bridge { get; private set; }

    public override CallBridge CreateBridge(Call call, AgentProfile agent, IReadOnlyList<LiveFunction> functions,
        IReadOnlyDictionary<string, string> metadata, Action<CallSignal> post)
    {
        var config = Live.Configure(agent) with { SystemInstruction = agent.Instructions, Greeting = agent.Greeting, Functions = ChaosTools.Functions };
        void Watch(CallSignal signal)
        {
            Note(signal);
            post(signal);
        }
        return Bridge = new CallBridge(call, Watch, config, Live, Time);
    }
}
