using EndToEnd.Tests;
using EndToEnd.Tests.Peers;
using EndToEnd.Tests.Shipping;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace EndToEnd.Tests;

/// <summary>What takes longest begins first, so that nothing is left at the end that runs by itself for a minute while the machine waits.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        nameof(ContainerImageTests), nameof(PeerCollection), nameof(SippCallTests), nameof(BaresipTests), nameof(DemoTests), nameof(LiveFallbackTests), nameof(TlsCallTests), nameof(SrtpCallTests),
        nameof(SlowPeersTests), nameof(SippNoAckTests),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(collection => Place(collection.TestCollectionDisplayName))];

    private static int Place(string name) => Array.FindIndex(Long, known => name.Contains($".{known}", StringComparison.Ordinal) || name == known) is >= 0 and var place ? place : Long.Length;
}
