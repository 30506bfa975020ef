using System.Net;
using System.Text;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

/// <summary>A socket that is none: tests put bytes in and read what would have gone out.</summary>
internal sealed class InMemoryTransport(SipListenEndPoint local) : ISipTransport
{
    private ITransportListener? _listener;

    public SipListenEndPoint LocalEndPoint { get; } = local;

    /// <summary>Everything sent, in order, with its destination.</summary>
    public List<(string Text, IPEndPoint To)> Sent { get; } = [];

    /// <summary>Whether sending fails from now on.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Where nothing can be sent to.</summary>
    public IPEndPoint? Unreachable { get; set; }

    public void Start(ITransportListener listener) => _listener = listener;

    /// <summary>What a peer sends.</summary>
    public void Receive(ReadOnlySpan<byte> bytes, IPEndPoint from, IPAddress reached, ISipConnection? connection = null) =>
        _listener!.OnMessage(InboundMessage.From(SipParser.Parse(bytes), new SipFlow(this, from, reached, connection)));

    public void Send(ReadOnlyMemory<byte> message, SipFlow flow, Action? onFailed)
    {
        if (IsBroken || flow.Remote.Equals(Unreachable))
            onFailed?.Invoke();
        else
            Sent.Add((Encoding.UTF8.GetString(message.Span), flow.Remote));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A connection that counts who relies on it.</summary>
internal sealed class FakeConnection : ISipConnection
{
    private Action _closed = () => { };

    public bool IsOpen { get; set; } = true;

    public int Users { get; private set; }

    public void WhenClosed(Action callback) => _closed += callback;

    /// <summary>The peer, or the network, ends it.</summary>
    public void Close()
    {
        IsOpen = false;
        _closed();
    }

    public void Retain() => Users++;

    public void Release() => Users--;
}
