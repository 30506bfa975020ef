using Microsoft.Extensions.Logging;

namespace Simulation.Live;

/// <summary>What every session of one server shares.</summary>
internal sealed record SessionContext(SimulatedLiveOptions Options, ConversationStore Conversations, TimeProvider TimeProvider, ILogger Logger)
{
    /// <summary>Faults of the server as a whole.</summary>
    public required SimulatedFaults Faults { get; init; }

    /// <summary>Clock that guards against a peer which keeps its socket open: the wall's over TCP, where no simulated time can wait for it.</summary>
    public required TimeProvider HandshakeClock { get; init; }

    /// <summary>The present, on the server's clock.</summary>
    public long Now => TimeProvider.GetTimestamp();

    /// <summary>A moment some time from now.</summary>
    public long After(TimeSpan time) => After(time, Now);

    /// <summary>A moment some time after another.</summary>
    public long After(TimeSpan time, long moment) => moment + (long)(time.TotalSeconds * TimeProvider.TimestampFrequency);
}
