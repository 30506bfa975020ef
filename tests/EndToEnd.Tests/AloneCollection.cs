namespace EndToEnd.Tests;

/// <summary>What takes the whole machine by intent runs when nothing else does: beside other tests it would measure those.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
