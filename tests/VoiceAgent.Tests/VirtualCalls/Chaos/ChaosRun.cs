namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>Runs random calls, many at a time: each has its own clock and its own servers, and all move together frame by frame.</summary>
/// <remarks>Together, since the wait until nothing moves any more costs more than the frame of one call.</remarks>
internal sealed class ChaosRun(IEnumerable<int> seeds)
{
    private const int AtOnce = 40;

    private readonly Quiescence _quiescence = new();
    private readonly Queue<int> _seeds = new(seeds);
    private readonly List<ChaosCall> _calls = [];
    private readonly List<string> _broken = [];

    /// <summary>Calls that broke a law.</summary>
    public IReadOnlyList<string> Broken => _broken;

    /// <summary>The calls that have been run, in words; kept for a few only.</summary>
    public string Story { get; private set; } = "";

    /// <summary>How the calls ended.</summary>
    public SortedDictionary<string, int> Ends { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs them all.</summary>
    public void Run()
    {
        while (_calls.Count > 0 || _seeds.Count > 0)
        {
            while (_calls.Count < AtOnce && _seeds.TryDequeue(out var seed))
                Begin(seed);
            _calls.ForEach(call => call.Advance());
            _quiescence.Wait();
            _calls.ForEach(call => call.Tick());
            _quiescence.Wait();
            foreach (var call in _calls.FindAll(call => call.IsDone))
                Finish(call);
        }
    }

    private void Begin(int seed)
    {
        var call = new ChaosCall(seed);
        _calls.Add(call);
        call.Start();
        _quiescence.Wait();
    }

    private void Finish(ChaosCall call)
    {
        _calls.Remove(call);
        var end = call.Record.EndReason?.ToString() ?? "none";
        Ends[end] = Ends.GetValueOrDefault(end) + 1;
        var broken = ChaosLaws.Broken(call).ToList();
        if (Story.Length < 50_000)
            Story += $"{ChaosStory.Of(call)}\n";
        if (broken.Count > 0)
            _broken.Add($"seed {call.Seed}: {string.Join("; ", broken)}");
        call.Dispose();
    }
}
