using System.Net.WebSockets;

namespace Simulation.Live;

/// <summary>What came of a connection in memory: a socket, or the HTTP answer that refused it.</summary>
/// <param name="Socket">The client's end, the caller's to dispose; null when the upgrade was refused.</param>
/// <param name="HttpStatus">101, or the refusing status.</param>
/// <param name="Body">Google's error as JSON; empty for an upgrade.</param>
public sealed record SimulatedUpgrade(WebSocket? Socket, int HttpStatus, string Body);
