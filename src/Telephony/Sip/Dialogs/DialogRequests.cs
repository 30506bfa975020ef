using System.Net;
using Telephony.Sip.Messages;
using Telephony.Sip.Resolution;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Dialogs;

/// <summary>Sends our requests within dialogs: finds the next hop's address and the socket to use, then opens a client transaction.</summary>
/// <remarks>Owned by the signalling loop; only names are looked up away from it.</remarks>
internal sealed class DialogRequests(TransactionLayer layer, IReadOnlyList<ISipTransport> transports, ISignalingLoop loop, SipServerLocator locator)
{
    private readonly HashSet<Task> _lookups = [];

    /// <summary>Sends the ACK of a 2xx, once for each time that the 2xx comes. The same request may be given again.</summary>
    public void SendAck(Dialog dialog, SipRequest ack) => Find(dialog, ack.CallId, flow =>
    {
        if (flow is not null)
            layer.SendAck(ack, flow);
    });

    /// <summary>Sends a request made by <see cref="Dialog.CreateRequest(string)"/>.</summary>
    /// <param name="dialog">The dialog.</param>
    /// <param name="request">The request.</param>
    /// <param name="user">Who is told how it went.</param>
    /// <param name="sentTo">Told of the address that it goes to, before it does.</param>
    public void Send(Dialog dialog, SipRequest request, IClientTransactionUser user, Action<IPAddress>? sentTo = null) => Find(dialog, request.CallId, flow =>
    {
        if (flow is null)
        {
            loop.TryPost(() => user.OnFailed(request, isTimeout: false), request.CallId);
            return;
        }
        sentTo?.Invoke(flow.Remote.Address);
        layer.Send(request, flow, user);
    });

    /// <summary>Waits for lookups under way; their requests are not sent any more once the loop has stopped.</summary>
    public Task StopAsync() => Task.WhenAll(_lookups.ToArray());

    /// <summary>Finds the way to the peer, at once or after a lookup; null when there is none.</summary>
    private void Find(Dialog dialog, string sipCallId, Action<SipFlow?> found)
    {
        if (dialog.Flow.Connection is { IsOpen: true } && (dialog.Flow.IsSecure || !dialog.NextHop.IsSecure))
            found(dialog.Flow);
        else if (SipServerLocator.TryLocate(dialog.NextHop, out var target))
            found(FlowTo(dialog, target.Value));
        else
            LookUp(dialog, sipCallId, found);
    }

    private void LookUp(Dialog dialog, string sipCallId, Action<SipFlow?> found)
    {
        var lookup = locator.LocateAsync(dialog.NextHop);
        _lookups.Add(lookup);
        _ = lookup.ContinueWith(
            done => loop.TryPost(() =>
            {
                _lookups.Remove(done);
                found(Best(dialog, done.Result) is { } target ? FlowTo(dialog, target) : null);
            }, sipCallId),
            TaskScheduler.Default);
    }

    /// <summary>The first that can be sent to from the socket the call came in on, else the first.</summary>
    private static SipTarget? Best(Dialog dialog, IReadOnlyList<SipTarget> targets)
    {
        var near = targets.Where(target => target.EndPoint.AddressFamily == dialog.Flow.Remote.AddressFamily).Concat(targets).Take(1).ToList();
        return near.Count > 0 ? near[0] : null;
    }

    private SipFlow? FlowTo(Dialog dialog, SipTarget target)
    {
        var isBehindNat = dialog.IsBehindNat(target.EndPoint.Address);
        var remote = isBehindNat ? dialog.Flow.Remote : LinkLocal.InZoneOf(target.EndPoint, dialog.Flow.Remote.Address);
        // A dialog that began over TLS stays there, whatever the Contact leaves out: its session descriptions may carry keys.
        var protocol = dialog.Flow.IsSecure ? SipProtocol.Tls : target.Protocol;
        return TransportFor(dialog.Flow, protocol, remote) is { } transport
            ? new SipFlow(transport, remote, dialog.Flow.AdvertisedAddress, ServerName: dialog.NextHop.Host) { ClientCertificate = dialog.Flow.ClientCertificate, IsOnlyWay = isBehindNat || dialog.Flow.IsOnlyWay }
            : null;
    }

    /// <summary>The socket the call came in on if it will do, else one of the wanted protocol, else any that reaches the address; but nothing else for TLS.</summary>
    private ISipTransport? TransportFor(SipFlow flow, SipProtocol protocol, IPEndPoint remote)
    {
        var usable = transports.Where(transport => transport.LocalEndPoint.EndPoint.AddressFamily == remote.AddressFamily).ToList();
        return usable.Contains(flow.Transport) && flow.Transport.LocalEndPoint.Protocol == protocol
            ? flow.Transport
            : usable.Find(transport => transport.LocalEndPoint.Protocol == protocol)
                ?? (protocol == SipProtocol.Tls ? null : usable.Find(transport => transport.LocalEndPoint.Protocol != SipProtocol.Tls));
    }
}
