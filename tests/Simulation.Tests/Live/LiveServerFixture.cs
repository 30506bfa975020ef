using Simulation.Live;

namespace Simulation.Tests.Live;

/// <summary>One server with default behaviour for tests that only look at what it refuses.</summary>
public sealed class LiveServerFixture : IAsyncLifetime
{
    public SimulatedLive Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await SimulatedLive.StartAsync(new() { PrettyPrint = false }, TimeProvider.System);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
