using System.Net;

namespace Simulation.Phone;

/// <summary>Stands in for a wire that could not be opened, so that a call that never left ends like any other: with a reason.</summary>
internal sealed class BrokenSipLine(string transport, IPAddress localAddress, string reason) : ISipLine
{
    public string Transport => transport;

    public IPEndPoint LocalEndPoint { get; } = new(localAddress, 0);

    public bool Send(ReadOnlySpan<byte> message, IPEndPoint destination) => false;

    public void Start(Action<SipText, IPEndPoint> received, Action<string> lost) => lost(reason);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
