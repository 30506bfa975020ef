using System.Net.WebSockets;
using GeminiLive;
using GeminiLive.Configuration;
using GeminiLive.Credentials;
using GeminiLive.Messages;

namespace Benchmarks.Media;

/// <summary>Plain sessions at the simulated Live server: what connecting costs when there is no agent around it.</summary>
internal static class LiveDoor
{
    private static readonly LiveOptions Options = new();
    private static readonly IReadOnlyList<LiveTarget> Targets = TargetResolver.Resolve(Options, Options, new CredentialStore());

    // The very bytes that the agent sends, so that both ask the server for the same.
    private static readonly byte[] Setup = SetupMessage.Write(
        new LiveSessionConfig { Settings = Options, Targets = Targets, SystemInstruction = "You answer the phone." }, Targets[0], handle: null);

    /// <summary>Connects and sets up; the session has said <c>setupComplete</c>.</summary>
    public static async Task<ClientWebSocket> OpenAsync(Uri endpoint)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("x-goog-api-key", "test");
        await socket.ConnectAsync(endpoint, CancellationToken.None);
        await socket.SendAsync(Setup.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        await ReceiveAsync(socket, new byte[4096]);
        return socket;
    }

    /// <summary>Reads one whole message over the buffer, which is written again from its start when it is full.</summary>
    /// <returns>Its length; 0 when the connection is over.</returns>
    public static async Task<int> ReceiveAsync(ClientWebSocket socket, byte[] buffer)
    {
        for (var length = 0; ;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length % buffer.Length), CancellationToken.None);
            length += read.Count;
            if (read.MessageType == WebSocketMessageType.Close)
                return 0;
            if (read.EndOfMessage)
                return length;
        }
    }
}
