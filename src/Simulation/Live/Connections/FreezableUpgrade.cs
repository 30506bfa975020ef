using Microsoft.AspNetCore.Http.Features;

namespace Simulation.Live.Connections;

/// <summary>Puts a <see cref="FreezableStream"/> between Kestrel's connection and the WebSocket made of it.</summary>
internal sealed class FreezableUpgrade(IHttpUpgradeFeature upgrade) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => upgrade.IsUpgradableRequest;

    /// <summary>The upgraded connection; null before the upgrade.</summary>
    public FreezableStream? Stream { get; private set; }

    public async Task<Stream> UpgradeAsync() => Stream = new FreezableStream(await upgrade.UpgradeAsync());
}
