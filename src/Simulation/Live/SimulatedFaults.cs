namespace Simulation.Live;

/// <summary>Faults of a simulated server as a whole: each connection meets those that are set when it comes.</summary>
/// <remarks>Any thread, at any time; what is open already goes on as it began.</remarks>
public sealed class SimulatedFaults
{
    private readonly Lock _gate = new();
    private Random _random = new(1);
    private int _seed = 1;
    private CloseReason? _closeAtSetup;

    /// <summary>HTTP status that refuses the upgrade; absent, it is granted. With <see cref="RefusedShare"/> above zero, that share only.</summary>
    public int? RefuseWithStatus { get; set; }

    /// <summary>Close code and reason that answer every legal setup; absent, setups are answered as they deserve.</summary>
    public (int Code, string Reason)? CloseAtSetup
    {
        get => Volatile.Read(ref _closeAtSetup) is { } close ? (close.Code, close.Reason) : null;
        set => Volatile.Write(ref _closeAtSetup, value is { } close ? new CloseReason(close.Code, close.Reason) : null);
    }

    /// <summary>Share of connections, 0 to 1, that is refused with <see cref="RefuseWithStatus"/>, or with 503 where none is given.</summary>
    public double RefusedShare { get; set; }

    /// <summary>Where the sequence of refusals of <see cref="RefusedShare"/> begins; setting it begins anew.</summary>
    public int Seed
    {
        get => _seed;
        set
        {
            lock (_gate)
                (_seed, _random) = (value, new Random(value));
        }
    }

    /// <summary>Time from a connection's arrival to its upgrade or refusal, on the server's clock.</summary>
    public TimeSpan AcceptDelay { get; set; }

    /// <summary>Whether legal setups stay without any answer.</summary>
    public bool NeverAnswerSetup { get; set; }

    /// <summary>Whether every resumption handle is refused with 1008, known or not.</summary>
    public bool RefuseHandles { get; set; }

    /// <summary>Whether a resumed session hears and transcribes but never speaks.</summary>
    public bool PoisonResumes { get; set; }

    internal CloseReason? SetupClose => Volatile.Read(ref _closeAtSetup);

    /// <summary>Whether the next connection is refused, and with which status.</summary>
    internal int? NextRefusal()
    {
        const int unavailable = 503;
        if (RefusedShare <= 0)
            return RefuseWithStatus;
        lock (_gate)
            return _random.NextDouble() < RefusedShare ? RefuseWithStatus ?? unavailable : null;
    }
}
