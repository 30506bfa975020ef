using EndToEnd.Tests.Browser;

// Most tests are one call, which waits more than it works: so many side by side take less than half of two cores, and leave the rest to what is built beside them.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace EndToEnd.Tests;

/// <summary>What takes the whole machine, many calls at once or a browser, runs when nothing else does: beside other tests it would measure those.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection : ICollectionFixture<Chromium>;
