using System.Globalization;
using System.Net;
using GeminiLive;
using Simulation.Live;
using Telephony.Audio;
using Telephony.Calls;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.Messages;
using Tools;
using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.ToolCalls;

namespace Benchmarks.ToolCalls;

/// <summary>One call without telephony: its bridge to the Live session, its tools, and a caller who is silent.</summary>
internal sealed class ToolLine : ICallLeg, IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Working = TimeSpan.FromMilliseconds(5);

    private readonly short[] _silence = new short[Uplink.RateHz / 50];
    private readonly Random _pauses;
    private readonly CallBridge _bridge;
    private int _number;
    private long _startedAt;
    private long _endedAt;

    public ToolLine(LiveClientFactory factory, ToolServices services, int number)
    {
        _pauses = new Random(number);
        var identity = new CallIdentity($"line{number}", "sip-call-id", "sip:caller@example.com", "caller", null, "sip:agent@example.com", "agent", new IPEndPoint(IPAddress.Loopback, 5060));
        var tools = ToolLines.ToolsOf(this);
        var config = factory.Configure() with { SystemInstruction = "You answer the phone.", Functions = ToolDeclarations.Of(tools) };
        _bridge = new CallBridge(new Call(identity, new SipHeaders(), this), _ => { }, config, factory, TimeProvider.System);
        _bridge.Tools = new ToolBridge(tools, new ToolContext { CallId = identity.CallId, Agent = "benchmark" }, services, _bridge, _ => { });
    }

    /// <summary>The server's end of it; set once it is open.</summary>
    public SimulatedSession Session { get; set; } = null!;

    bool ICallLeg.CanSendDigits => false;

    MediaStatistics ICallLeg.Statistics { get; } = new();

    /// <summary>Sets the session up.</summary>
    /// <exception cref="InvalidOperationException">The session was refused.</exception>
    public async Task OpenAsync()
    {
        var result = await _bridge.Live.ConnectAsync(CancellationToken.None);
        if (result.Failure is { } failure)
            throw new InvalidOperationException(failure.Detail);
    }

    /// <summary>The caller's next 20 ms; the metronome's thread.</summary>
    public void Tick() => _bridge.Uplink.Write(_silence);

    /// <summary>The tool at work.</summary>
    public async Task<string> RunAsync(int n)
    {
        Volatile.Write(ref _startedAt, TimeProvider.System.GetTimestamp());
        await Task.Delay(Working);
        Volatile.Write(ref _endedAt, TimeProvider.System.GetTimestamp());
        return n.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Has the model use a tool again and again.</summary>
    public async Task MeasureAsync(string tool, int rounds, ToolTimes times)
    {
        for (var round = 0; round < rounds; round++)
        {
            await Task.Delay(_pauses.Next(50, 250));
            var from = Session.Events.Count;
            await Session.CallToolAsync(tool, $$"""{"n":{{_number++}}}""");
            var called = await Session.WaitForAsync(SessionEventKind.ToolCallSent, Limit, from);
            var answered = await Session.WaitForAsync(SessionEventKind.ToolResponseReceived, Limit, from);
            times.Start.Add(Ms(called.Timestamp, Volatile.Read(ref _startedAt)));
            times.Response.Add(Ms(Volatile.Read(ref _endedAt), answered.Timestamp));
            await MeasureMessageAsync(times);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _bridge.Tools!.DisposeAsync();
        await _bridge.DisposeAsync();
    }

    void ICallLeg.Hold(bool isHolding)
    {
    }

    void ICallLeg.Ring(IPcmSource? earlyAudio)
    {
    }

    void ICallLeg.Answer(IPcmSink callerAudio, IPcmSource agentAudio)
    {
    }

    void ICallLeg.Connect(IPcmSink callerAudio, IPcmSource agentAudio)
    {
    }

    void ICallLeg.Reject(int statusCode, string? reason, string? retryAfter)
    {
    }

    void ICallLeg.HangUp(string? reason)
    {
    }

    void ICallLeg.Transfer(TransferTarget target)
    {
    }

    bool ICallLeg.TrySendDigits(DigitSequence digits) => false;

    void ICallLeg.AudioReady()
    {
    }

    private async Task MeasureMessageAsync(ToolTimes times)
    {
        await Task.Delay(_pauses.Next(50, 150));
        var from = Session.Events.Count;
        var sentAt = TimeProvider.System.GetTimestamp();
        _bridge.Live.Input.SendContent([new LiveHistoryTurn(LiveRole.User, "(noted)")], turnComplete: false);
        var received = await Session.WaitForAsync(SessionEventKind.TextReceived, Limit, from);
        times.Message.Add(Ms(sentAt, received.Timestamp));
    }

    private static double Ms(long from, long to) => TimeProvider.System.GetElapsedTime(from, to).TotalMilliseconds;
}
