namespace Telephony.Sip.Transport;

/// <summary>One listening socket, UDP, TCP or TLS (or the tests' memory): takes messages in, sends messages out, knows nothing of transactions.</summary>
internal interface ISipTransport : IAsyncDisposable
{
    /// <summary>Where it listens, with the port really bound.</summary>
    SipListenEndPoint LocalEndPoint { get; }

    /// <summary>The host name to be put into Via and Contact in place of the address; null for the address.</summary>
    string? PublicName => null;

    /// <summary>Our port as a peer sees it or may connect to it; 0 where there is none.</summary>
    int PortTowards(SipFlow flow) => LocalEndPoint.EndPoint.Port;

    /// <summary>Binds the socket and starts to receive; throws SocketException when the address cannot be bound, and
    /// <see cref="InvalidDataException"/> when a file it needs cannot be used.</summary>
    void Start(ITransportListener listener);

    /// <summary>Sends without blocking: a datagram to the flow's remote address, or on its connection, or on a new one when that is gone.</summary>
    /// <param name="message">Bytes that nobody changes afterwards.</param>
    /// <param name="flow">Where to.</param>
    /// <param name="onFailed">Called once, on any thread, when it is known that the message did not leave.</param>
    void Send(ReadOnlyMemory<byte> message, SipFlow flow, Action? onFailed);
}

/// <summary>Who gets the messages that transports receive: the signalling loop's front door.</summary>
internal interface ITransportListener
{
    /// <summary>Queues a message. False when the queue is full: UDP drops it, TCP stops reading for a while.</summary>
    bool OnMessage(InboundMessage message);
}

/// <summary>A stream connection that messages arrived on and answers return on.</summary>
internal interface ISipConnection
{
    /// <summary>Whether messages can still be sent on it.</summary>
    bool IsOpen { get; }

    /// <summary>Calls back once when the connection is closed, at once if it is; on any thread.</summary>
    void WhenClosed(Action callback);

    /// <summary>A dialog starts to depend on the connection: it is not closed for being idle.</summary>
    void Retain();

    /// <summary>The dialog is over.</summary>
    void Release();
}
