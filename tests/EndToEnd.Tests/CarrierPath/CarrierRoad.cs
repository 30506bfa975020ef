using System.Net;
using EndToEnd.Tests.Peers;
using Simulation.Live;
using Simulation.Prompts;
using Support;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.CarrierPath;

/// <summary>kamailio, which stays in the route, and behind it the whole service, which trusts it as its trunk; calls are told apart by the number that they dial.</summary>
internal sealed class CarrierRoad : IAsyncDisposable
{
    // Numbers with an agent of their own, which may hang up and transfer: so a call's session is found.
    private static readonly string[] Desks =
        ["sipp-bye", "sipp-large", "sipp-transfer", "baresip-bye", "baresip-transfer", "linphone-bye", "linphone-transfer"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly AgentUnderTest _agent;
    private readonly Kamailio _proxy;

    private CarrierRoad(AgentUnderTest agent, Kamailio proxy) => (_agent, _proxy) = (agent, proxy);

    /// <summary>Where the carrier takes calls.</summary>
    public IPEndPoint Proxy => _proxy.Udp;

    /// <param name="authority">kamailio wants a certificate even where none is used.</param>
    /// <param name="isSlow">Whether the model is slow to come, so that callers hear ringing as early media.</param>
    public static async Task<CarrierRoad> StartAsync(TestAuthority authority, bool isSlow = false)
    {
        var port = PeerPorts.Take();
        var proxy = await Kamailio.StartAsync(new(IPAddress.Loopback, port), authority, "udp");
        var live = isSlow ? new SimulatedLiveOptions { Script = LiveScript.Parse("""{ "sessions": [ { "steps": [ { "do": "wait", "ms": 1800 }, { "do": "acceptSetup" } ] } ] }""") } : null;
        var agent = await AgentUnderTest.StartAsync(live,
        [
            ("Telephony:Listen:0", $"udp://127.0.0.1:{port}"), ("Telephony:Listen:1", $"tcp://127.0.0.1:{port}"),
            ("Telephony:Trunks:carrier:Addresses:0", "127.0.0.1"), ("Telephony:Trunks:carrier:TrustIdentity", "true"),
            ("Calls:EarlyMedia", isSlow ? "Ringback" : "None"),
            .. Desks.SelectMany(desk => Desk(desk, proxy.Udp)),
        ]);
        return new(agent, proxy);
    }

    /// <summary>What to dial for a number.</summary>
    public string Uri(string number) => $"sip:{number}@{Proxy}";

    /// <summary>The record of the call to a number, once that is over.</summary>
    public async Task<CallRecord> RecordAsync(string number)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            if (_agent.Records.FirstOrDefault(record => record.DialledNumber == number) is { } found)
                return found;
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>The session of the call to a desk, once the model was asked for its greeting.</summary>
    public async Task<SimulatedSession> SessionAsync(string desk)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            if (_agent.Live.Sessions.FirstOrDefault(session => session.Messages.Any(message => message.Json.Contains(Instructions(desk), StringComparison.Ordinal))) is { } found)
            {
                await found.WaitForAsync(SessionEventKind.TextReceived, Patience);
                return found;
            }
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>The head of the first message in a phone's log that begins so; empty when there is none.</summary>
    public static string MessageIn(string log, string start)
    {
        var lines = log.ReplaceLineEndings("\n").Split('\n');
        return string.Join('\n', lines.SkipWhile(line => !line.StartsWith(start, StringComparison.Ordinal)).TakeWhile(line => line.Length > 0));
    }

    /// <summary>Fails the cell unless the greeting was heard.</summary>
    public static void MustHoldGreeting(short[] heard)
    {
        var match = PromptRecognizer.Find(heard, PromptLibrary.Get("greeting").Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(match.IsRecognised, $"the greeting was not heard: {match}");
    }

    /// <summary>Fails the cell unless the first second holds our ringback tone.</summary>
    public static void MustHoldRingback(short[] heard)
    {
        var loudest = Enumerable.Range(0, heard.Length / 800).Take(25).Select(i => Tone.Amplitude(heard.AsSpan(i * 800, 800), 8_000, 425)).DefaultIfEmpty().Max();
        Assert.True(loudest > 1_000, $"no ringing was heard: amplitude {loudest:0}");
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    private static string Instructions(string desk) => $"You sit at desk {desk}.";

    private static IEnumerable<(string, string?)> Desk(string desk, IPEndPoint proxy) =>
    [
        ($"Agents:Profiles:{desk}:Instructions", Instructions(desk)), ($"Agents:Profiles:{desk}:Numbers:0", desk), ($"Agents:Profiles:{desk}:Tools:0", "phone"),
        ($"Agents:Profiles:{desk}:Transfers:colleague:Target", $"sip:{desk}-colleague@{proxy}"),
    ];
}
