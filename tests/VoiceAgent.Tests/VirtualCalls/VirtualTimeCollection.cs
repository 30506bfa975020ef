namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>Tests that watch the thread pool, and therefore have it for themselves.</summary>
[CollectionDefinition(nameof(VirtualTimeCollection), DisableParallelization = true)]
public sealed class VirtualTimeCollection;
