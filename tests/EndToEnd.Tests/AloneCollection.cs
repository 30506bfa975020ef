using EndToEnd.Tests.Browser;

// Most tests are one call, which waits more than it works: so many side by side still leave the machine idle for the most part.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace EndToEnd.Tests;

/// <summary>What takes the whole machine, many calls at once, a compiler or a browser, runs when nothing else does: beside other tests it would measure those.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection : ICollectionFixture<Chromium>;
