namespace GeminiLive.Tests;

/// <summary>A connector that answers at once.</summary>
internal sealed class ScriptedConnector(Func<LiveConnectAttempt> connect) : ILiveConnector
{
    public Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken) => Task.FromResult(connect());
}
