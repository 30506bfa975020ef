namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>Something that happens at a moment of a random call.</summary>
/// <param name="AtMs">Time since the call began, in ms.</param>
/// <param name="Name">For a reader.</param>
/// <param name="Do">What is done.</param>
internal sealed record ChaosStep(int AtMs, string Name, Action<ChaosCall> Do);

/// <summary>What happens in a random call, drawn from a seed: the caller's doings, the model's, and the faults of the service.</summary>
/// <remarks>The same seed gives the same schedule; three in four hold no outage that a call could not survive.</remarks>
internal sealed class ChaosSchedule
{
    private readonly Random _random;
    private readonly ChaosFaults _faults;
    private readonly List<ChaosStep> _steps = [];

    public ChaosSchedule(int seed)
    {
        _random = new Random(seed);
        Setting = ChaosSetting.Draw(_random);
        LengthMs = _random.Next(30_000, 90_000);
        MayEndEarly = _random.Next(4) == 0;
        _faults = new ChaosFaults(_random, Add, MayEndEarly);
        AddCaller();
        AddModel();
        AddFaults();
        Add(LengthMs, "hangs up", call => call.Line.HangUp());
        _steps.Sort((a, b) => a.AtMs.CompareTo(b.AtMs));
    }

    public ChaosSetting Setting { get; }

    /// <summary>When the caller hangs up, in ms.</summary>
    public int LengthMs { get; }

    /// <summary>True when an outage may last longer than anybody can be kept waiting.</summary>
    public bool MayEndEarly { get; }

    public IReadOnlyList<ChaosStep> Steps => _steps;

    private void Add(int atMs, string name, Action<ChaosCall> act) => _steps.Add(new ChaosStep(atMs, name, act));

    private void AddCaller()
    {
        for (var at = _random.Next(1_500, 5_000); at < LengthMs;)
        {
            var ms = _random.Next(600, 3_000);
            switch (_random.Next(12))
            {
                case 0:
                    var digit = "0123456789*#"[_random.Next(12)];
                    Add(at, $"presses {digit}", call => call.Line.Press(digit));
                    break;
                case 1:
                    Add(at, "holds", call => call.Line.Hold(true));
                    at += _random.Next(1_000, 8_000);
                    Add(at, "unholds", call => call.Line.Hold(false));
                    break;
                default:
                    Add(at, $"speaks for {ms} ms", call => call.Speak(ms));
                    at += ms;
                    break;
            }
            // One in four is impatient: talks over whatever comes.
            at += _random.Next(4) == 0 ? _random.Next(300, 2_000) : _random.Next(2_500, 9_000);
        }
    }

    private void AddModel()
    {
        for (var at = _random.Next(4_000, 20_000); at < LengthMs; at += _random.Next(4_000, 25_000))
        {
            var count = _random.Next(4) == 0 ? _random.Next(2, 4) : 1;
            var isLookup = _random.Next(2) == 0;
            var answerMs = _random.Next(3) == 0 ? _random.Next(3_000, 7_000) : _random.Next(50, 2_000);
            Add(at, $"calls {count} {(isLookup ? ChaosTools.Blocking : ChaosTools.NonBlocking)}, answered after {answerMs} ms", call => call.CallTools(count, isLookup, answerMs));
            if (_random.Next(5) == 0)
                Add(at + _random.Next(20, answerMs + 500), "cancels tools", call => call.OnSession(session => session.CancelToolAsync()));
        }
    }

    private void AddFaults()
    {
        if (_random.Next(12) == 0)
            _faults.AddOutage(0, _random.Next(200, 3_000));
        for (var at = _random.Next(2_000, 15_000); at < LengthMs;)
            at = _faults.AddOne(at) + (_random.Next(3) == 0 ? _random.Next(100, 2_500) : _random.Next(4_000, 20_000));
    }
}
