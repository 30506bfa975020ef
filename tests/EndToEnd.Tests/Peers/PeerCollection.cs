namespace EndToEnd.Tests.Peers;

/// <summary>Peers run one after the other: several at once would measure the machine, not the agent.</summary>
[CollectionDefinition(nameof(PeerCollection))]
public sealed class PeerCollection;
