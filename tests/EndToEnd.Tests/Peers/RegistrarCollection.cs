namespace EndToEnd.Tests.Peers;

/// <summary>Tests whose phones register at the service: one after the other, since the gauge of registered phones counts for all services in the process.</summary>
[CollectionDefinition(nameof(RegistrarCollection))]
public sealed class RegistrarCollection;
