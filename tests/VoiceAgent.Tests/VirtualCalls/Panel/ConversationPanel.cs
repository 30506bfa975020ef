using AudioMeasures.Impairments;
using Simulation.Live;
using Simulation.Prompts;
using VoiceAgent.Agents;
using VoiceAgent.Tests.TurnTaking;

namespace VoiceAgent.Tests.VirtualCalls.Panel;

/// <summary>Goal B32: scripted conversations, measured as tau-voice does: a greeting, a question, a second one whose long answer the caller cuts short, and an answer to that.</summary>
/// <remarks>By seed differ the caller's voice level, how long they think and let the agent talk, and how fast the model is. Virtual time; one thread.</remarks>
internal sealed class ConversationPanel
{
    private const int AnswerLimitMs = 6_000;
    private const int YieldLimitMs = 2_000;
    private const int TurnLimitMs = 40_000;
    private const int QuietFrames = 40;

    private readonly VirtualCall _call;
    private readonly Random _random;
    private readonly PanelFigures _figures;
    private readonly int _modelMs;

    private ConversationPanel(VirtualCall call, Random random, int modelMs, PanelFigures figures) => (_call, _random, _modelMs, _figures) = (call, random, modelMs, figures);

    private List<bool> Audible => _call.Line.Audible;

    /// <summary>A line of 5 % loss and 30 ms of jitter.</summary>
    public static Impairment BadNetwork { get; } = new() { Loss = 0.05, JitterMs = 30 };

    /// <summary>Holds so many conversations, one after the other.</summary>
    /// <param name="conversations">How many.</param>
    /// <param name="network">What happens to the caller's packets; null for a perfect network.</param>
    public static async Task<PanelFigures> RunAsync(int conversations, Impairment? network = null)
    {
        var figures = new PanelFigures();
        for (var seed = 0; seed < conversations; seed++)
        {
            var random = new Random(seed);
            var modelMs = random.Next(100, 800);
            await using var call = new VirtualCall(new SimulatedLiveOptions { ResponseDelay = TimeSpan.FromMilliseconds(modelMs) }, agent: new AgentProfile());
            (call.Line.Network, call.Line.NetworkSeed) = (network, seed);
            new ConversationPanel(call, random, modelMs, figures).Converse();
            figures.Conversations++;
            figures.BridgeStops += Math.Max(0, call.Record.Interruptions - call.Session.Events.Count(happened => happened.Kind == SessionEventKind.Interrupted));
        }
        return figures;
    }

    private void Converse()
    {
        var dbov = _random.Next(-28, -17);
        _call.Start();
        HearOut(fromFrame: 0);   // the greeting
        Ask("caller-question", dbov);
        Ask("caller-order", dbov, isHeardOut: false);   // the answer is a long story
        _call.Run(_random.Next(30, 150) * VirtualLine.FrameMs);
        Interrupt(dbov);
        _call.Line.HangUp();
        _call.Run(100);
    }

    private void Ask(string prompt, int dbov, bool isHeardOut = true)
    {
        _call.Run(_random.Next(5, 60) * VirtualLine.FrameMs);
        var frame = Audible.Count;
        Say(prompt, dbov);
        _figures.TalksOver += Audible.Skip(frame).Any(audible => audible) ? 1 : 0;
        HearAnswer(isHeardOut);
    }

    private void Interrupt(int dbov)
    {
        // In the middle of a word, so that the next frame that is not loud is the pause.
        Await(() => Audible.TakeLast(10).All(audible => audible), AnswerLimitMs);
        var frame = Audible.Count;
        Say("caller-interruption", dbov);
        _figures.Interruptions++;
        var stopped = Audible.FindIndex(frame, audible => !audible);
        var ms = (stopped - frame) * VirtualLine.FrameMs;
        if (stopped >= 0 && ms <= YieldLimitMs && !Audible.Skip(stopped).Any(audible => audible))
            _figures.YieldMs.Add(ms);
        HearAnswer(isHeardOut: true);
    }

    private void Say(string prompt, int dbov)
    {
        var words = CallerWords.Load(PromptLibrary.Get(prompt), dbov);
        var end = Array.FindLastIndex(words, sample => Math.Abs(sample) > 100);
        var samples = (end / 320 + 1) * 320;
        _call.CallerSays(words[..samples], samples / 16);
    }

    private void HearAnswer(bool isHeardOut)
    {
        var (fromMs, frame) = (_call.NowMs, Audible.Count);
        _figures.Turns++;
        if (!Await(() => Audible[^1], AnswerLimitMs))
            return;
        _figures.AnswerMs.Add(_call.NowMs - fromMs - _modelMs);
        if (isHeardOut)
            HearOut(frame);
        else
            Compare(frame, isHeardOut: false);
    }

    private void HearOut(int fromFrame)
    {
        Await(() => Audible.Skip(fromFrame).Any(audible => audible), AnswerLimitMs);
        Await(() => Audible.TakeLast(QuietFrames).All(audible => !audible), TurnLimitMs);
        Compare(fromFrame, isHeardOut: true);
    }

    /// <summary>What was heard beside what the service gave: how much later it began, and how much longer its longest pause was.</summary>
    private void Compare(int fromFrame, bool isHeardOut)
    {
        var given = _call.Session.Events.Last(happened => happened.Kind == SessionEventKind.GenerationStarted);
        var prompt = PromptSilence.Of(given.Text);
        var heard = new PromptSilence(Audible[fromFrame..]);
        var beganMs = _call.NowMs - (Audible.Count - fromFrame - 1) * VirtualLine.FrameMs + heard.LeadMs;
        _figures.LateMs.Add((int)(beganMs - _call.Clock.GetElapsedTime(0, given.Timestamp).TotalMilliseconds) - prompt.LeadMs);
        if (isHeardOut)
            _figures.HoleMs.Add(Math.Max(0, heard.LongestPauseMs - prompt.LongestPauseMs));
    }

    private bool Await(Func<bool> isSo, int limitMs)
    {
        for (var at = 0; !isSo(); at += VirtualLine.FrameMs)
        {
            if (at >= limitMs)
                return false;
            _call.Run(VirtualLine.FrameMs);
        }
        return true;
    }
}
