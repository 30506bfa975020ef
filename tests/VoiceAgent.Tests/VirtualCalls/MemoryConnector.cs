using GeminiLive;
using Simulation.Live;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>Connects Live sessions to a simulated server in memory.</summary>
internal sealed class MemoryConnector(SimulatedLive server) : ILiveConnector
{
    public async Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        try
        {
            var upgrade = await server.ConnectAsync(endpoint, headers, cancellationToken);
            return upgrade.Socket is { } socket
                ? new LiveConnectAttempt(new WebSocketLiveSocket(socket), HttpStatus: null, Error: null)
                : new LiveConnectAttempt(Socket: null, upgrade.HttpStatus, upgrade.Body);
        }
        catch (OperationCanceledException)
        {
            return new LiveConnectAttempt(Socket: null, HttpStatus: null, "cancelled");
        }
    }
}
