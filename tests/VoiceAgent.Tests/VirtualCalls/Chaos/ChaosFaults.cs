using System.Text;
using Simulation.Live;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>The faults of a random call: everything that the service is known to do wrong, one at a time or several together.</summary>
internal sealed class ChaosFaults(Random random, Action<int, string, Action<ChaosCall>> add, bool mayBeLong)
{
    private static readonly (int Code, string Reason)[] Closes =
    [
        (1000, ""),
        (1001, "going away"),
        (1012, "service restart"),
        (1013, "try again later"),
        (1007, "Request contains an invalid argument."),
        (1008, "The operation was aborted."),
        (1008, "Operation is not implemented, or supported, or enabled."),
        (1008, "Requested entity was not found."),
        (1011, "Internal error encountered."),
        (1011, "The service is currently unavailable."),
        (1011, "Deadline expired before operation could complete."),
        (1011, "RESOURCE_EXHAUSTED: Maximum concurrent sessions exceeded."),
    ];

    private static readonly string[] Messages =
    [
        """{"serverContent":{"interrupted":true}}""",
        """{"serverContent":{"turnComplete":true}}""",
        """{"serverContent":{"turnComplete":true,"turnCompleteReason":"RESPONSE_REJECTED"}}""",
        """{"serverContent":{"generationComplete":true}}""",
        """{"serverContent":{"waitingForInput":true}}""",
        """{"serverContent":{}}""",
        "{}",
        """{"serverContent":""",
        """{"newThing":{"a":[1,2,{"b":null}]}}""",
        """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"!!!"}}]}}}""",
        """{"serverContent":{"modelTurn":{"parts":[{"text":"thinking about it","thought":true}]}}}""",
        """{"toolCallCancellation":{"ids":["nobody"]}}""",
        """{"sessionResumptionUpdate":{"resumable":false}}""",
        """{"sessionResumptionUpdate":{"newHandle":"never-issued","resumable":true}}""",
        """{"usageMetadata":{"promptTokenCount":"12","totalTokenCount":12}}""",
        """{"error":{"code":13,"message":"internal"}}""",
        "[1,2,3]",
        "no JSON at all",
    ];

    private static readonly byte[] Huge = Encoding.UTF8.GetBytes($$"""{"newThing":"{{new string('x', 300_000)}}"}""");

    private static readonly short[] NearlySilent = [.. Enumerable.Range(0, 24_000).Select(i => (short)(i % 2))];

    /// <summary>Adds one fault.</summary>
    /// <returns>When it is over, in ms.</returns>
    public int AddOne(int at) => random.Next(20) switch
    {
        0 or 1 or 2 => AddClose(at),
        3 => AddReset(at),
        4 or 5 => AddFreeze(at),
        6 => AddOutage(at, Long(8_000), withLoss: true),
        7 => AddServerFault(at, "handles refused", (faults, isOn) => faults.RefuseHandles = isOn, Long(15_000)),
        8 => AddServerFault(at, "resumes poisoned", (faults, isOn) => faults.PoisonResumes = isOn, Long(10_000)),
        9 => AddServerFault(at, "setups unanswered", (faults, isOn) => faults.NeverAnswerSetup = isOn, Long(3_000)),
        10 => AddCloseAtSetup(at),
        11 => AddServerFault(at, "accepts slowly", (faults, isOn) => faults.AcceptDelay = isOn ? TimeSpan.FromMilliseconds(700) : TimeSpan.Zero, Long(8_000)),
        12 or 13 => AddGoAway(at),
        14 => AddStall(at),
        15 => AddMute(at),
        16 => Add(at, "nearly silent audio", session => session.SayAsync(NearlySilent)),
        17 => Add(at, "interrupts with stale audio", session => session.InterruptAsync(staleMs: 500)),
        _ => AddMessages(at),
    };

    /// <summary>Every new connection is refused for a time.</summary>
    public int AddOutage(int at, int ms, bool withLoss = false)
    {
        int[] statuses = [503, 500, 429, 502];
        var status = statuses[random.Next(statuses.Length)];
        var isOneServer = random.Next(3) == 0;
        AddPair(at, ms, $"refuses with {status}{(isOneServer ? " on the first server" : "")}", (faults, isOn) => faults.RefuseWithStatus = isOn ? status : null, isOneServer);
        if (withLoss)
            add(at, "reset", call => call.OnSession(session => session.AbortAsync()));
        return at + ms;
    }

    private int Long(int most) => random.Next(500, mayBeLong ? most * 5 : most);

    private int Add(int at, string name, Func<SimulatedSession, Task> act)
    {
        add(at, name, call => call.OnSession(act));
        return at;
    }

    private void AddPair(int at, int ms, string name, Action<SimulatedFaults, bool> set, bool isOneServer)
    {
        void Set(ChaosCall call, bool isOn)
        {
            foreach (var server in isOneServer ? call.Servers.Take(1) : call.Servers)
                set(server.Faults, isOn);
        }
        add(at, name, call => Set(call, true));
        add(at + ms, $"end of: {name}", call => Set(call, false));
    }

    private int AddServerFault(int at, string name, Action<SimulatedFaults, bool> set, int ms)
    {
        AddPair(at, ms, name, set, isOneServer: random.Next(3) == 0);
        return AddReset(at + random.Next(0, ms));
    }

    private int AddCloseAtSetup(int at)
    {
        // Others are said of a setup that is wrong: no retry would help.
        var passing = Closes.Where(close => close.Code is 1001 or 1012 or 1013 || (close.Code == 1011 && !close.Reason.StartsWith("RES", StringComparison.Ordinal))).ToArray();
        var close = passing[random.Next(passing.Length)];
        return AddServerFault(at, $"closes at setup with {close.Code} {close.Reason}", (faults, isOn) => faults.CloseAtSetup = isOn ? close : null, Long(2_000));
    }

    private int AddClose(int at)
    {
        var (code, reason) = Closes[random.Next(Closes.Length)];
        return Add(at, $"closes with {code} {reason}", session => session.CloseAsync(code, reason));
    }

    private int AddReset(int at) => Add(at, "reset", session => session.AbortAsync());

    private int AddFreeze(int at)
    {
        var ms = Long(6_000);
        SimulatedSession? frozen = null;
        add(at, "freezes", call => call.OnSession(session => (frozen = session).FreezeAsync()));
        if (random.Next(2) == 0)
            return at;
        add(at + ms, "thaws", call => call.Do(() => frozen?.ThawAsync() ?? Task.CompletedTask));
        return at + ms;
    }

    private int AddGoAway(int at)
    {
        var leftMs = random.Next(0, 20_000);
        var closes = random.Next(4) > 0;
        Add(at, $"goAway in {leftMs} ms{(closes ? "" : ", which it does not keep")}", session => session.GoAwayAsync(TimeSpan.FromMilliseconds(leftMs), closes));
        return at + leftMs;
    }

    private int AddStall(int at)
    {
        var ms = Long(4_000);
        return Add(at, $"stalls for {ms} ms", session => session.StallAsync(TimeSpan.FromMilliseconds(ms))) + ms;
    }

    private int AddMute(int at)
    {
        var ms = Long(6_000);
        SimulatedSession? mute = null;
        add(at, "mute", call => call.OnSession(session => (mute = session).MuteAsync()));
        add(at + ms, "not mute any more", call => call.Do(() => mute?.MuteAsync(false) ?? Task.CompletedTask));
        return at + ms;
    }

    private int AddMessages(int at)
    {
        if (random.Next(10) == 0)
            return Add(at, "huge message", session => session.SendRawAsync(Huge));
        var message = Messages[random.Next(Messages.Length)];
        var bytes = Encoding.UTF8.GetBytes(message);
        var isBinary = random.Next(2) == 0;
        for (var i = random.Next(1, 4); i > 0; i--)
            Add(at, $"sends {message}", session => session.SendRawAsync(bytes, isBinary));
        return at;
    }
}
