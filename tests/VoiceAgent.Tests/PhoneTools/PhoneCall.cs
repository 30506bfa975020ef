using Support;
using Telephony.Calls;
using Tools;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.PhoneTools;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.PhoneTools;

/// <summary>A virtual call in which the agent uses the phone tools.</summary>
internal sealed class PhoneCall : IAsyncDisposable
{
    public static readonly TransferOption Sales = new() { Target = "+49301234567" };

    private static readonly short[] Sentence = Tone.Sine(24_000, 500, 24_000 * 2, 6_000);

    public PhoneCall(CallOptions? options = null, CallIdentity? caller = null) => Call = new VirtualCall(options: options, caller: caller);

    public VirtualCall Call { get; }

    public ICallControl Control => Call.Control;

    /// <summary>A call in which the caller has just said something.</summary>
    public PhoneCall Begin()
    {
        Call.Start();
        Call.CallerSays(1_000);
        Call.Run(600);
        return this;
    }

    /// <summary>The model says something of two seconds, of which the first 200 ms have been heard when this returns.</summary>
    public PhoneCall Speak(string words = "Goodbye.")
    {
        Call.Do(Call.Session.SayAsync(Sentence, words));
        Call.RunUntil(() => Call.Line.Audible[^1], 1_000);
        Call.Run(180);
        return this;
    }

    /// <summary>The model wants something; returns once the call's loop has it.</summary>
    public Task<ToolResult> Ask(Func<ICallControl, Task<ToolResult>> wish)
    {
        var answer = wish(Control);
        Call.Run(20);
        return answer;
    }

    /// <summary>What the answer tells the model; empty while there is none.</summary>
    public static string Words(Task<ToolResult> answer) => !answer.IsCompleted ? "" : answer.Result.Error ?? $"{answer.Result.Value}";

    /// <summary>Everything that the service wrote to the model.</summary>
    public string Written => string.Join('\n', Call.Session.Messages.Select(message => message.Json).Where(text => text.Contains("\"text\"", StringComparison.Ordinal)));

    /// <summary>Time between the last sound and the end of the call, in ms.</summary>
    public int SilenceAtTheEndMs => (Call.Line.Audible.Count - 1 - Call.Line.Audible.LastIndexOf(true)) * VirtualLine.FrameMs;

    public int AudibleMs(int fromFrame) => Call.Line.Audible.Skip(fromFrame).Count(audible => audible) * VirtualLine.FrameMs;

    public ValueTask DisposeAsync() => Call.DisposeAsync();
}
