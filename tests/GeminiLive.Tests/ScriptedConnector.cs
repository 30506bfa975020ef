namespace GeminiLive.Tests;

/// <summary>A connector that answers at once.</summary>
internal sealed class ScriptedConnector(Func<LiveConnectAttempt> connect) : ILiveConnector
{
    public Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, string? apiKey, CancellationToken cancellationToken) => Task.FromResult(connect());
}
