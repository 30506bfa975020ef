using System.Net;

namespace Simulation.Phone;

/// <summary>The wire between one simulated caller and the far side: UDP datagrams or a TCP stream.</summary>
internal interface ISipLine : IAsyncDisposable
{
    /// <summary>Word for Via and the transport parameter: UDP or TCP.</summary>
    string Transport { get; }

    /// <summary>Address where requests from the far side arrive: goes to Via and Contact.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>Sends one message; false when the network refuses.</summary>
    bool Send(ReadOnlySpan<byte> message, IPEndPoint destination);

    /// <summary>Receives until disposed; messages that are not SIP are dropped.</summary>
    /// <param name="received">Called for each message, with the address it came from.</param>
    /// <param name="lost">Called once if the wire breaks.</param>
    void Start(Action<SipText, IPEndPoint> received, Action<string> lost);
}
