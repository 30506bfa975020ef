namespace EndToEnd.Tests.Peers;

/// <summary>Peers that would meet each other in what counts for the whole process, such as the gauge of registered phones: they run one after the other.</summary>
[CollectionDefinition(nameof(PeerCollection))]
public sealed class PeerCollection;
