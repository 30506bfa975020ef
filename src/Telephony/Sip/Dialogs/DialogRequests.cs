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
    public void SendAck(Dialog dialog, SipRequest ack) => Find(dialog, ack.CallId, flows =>
    {
        if (flows.Count > 0)
            layer.SendAck(ack, flows[0]);
    });

    /// <summary>Sends a request made by <see cref="Dialog.CreateRequest(string)"/>; where its name has several servers, to the next when it cannot be sent to one.</summary>
    /// <param name="dialog">The dialog.</param>
    /// <param name="request">The request.</param>
    /// <param name="user">Who is told how it went.</param>
    /// <param name="sentTo">Told of the address that it goes to, before it does.</param>
    public void Send(Dialog dialog, SipRequest request, IClientTransactionUser user, Action<IPAddress>? sentTo = null) => Find(dialog, request.CallId, flows =>
    {
        if (flows.Count > 0)
            new ServersInTurn(layer, flows, user, sentTo).Send(request);
        else
            loop.TryPost(() => user.OnFailed(request, isTimeout: false), request.CallId);
    });

    /// <summary>Waits for lookups under way; their requests are not sent any more once the loop has stopped.</summary>
    public Task StopAsync() => Task.WhenAll(_lookups.ToArray());

    /// <summary>Finds the ways to the peer, the best first, at once or after a lookup; empty when there is none.</summary>
    private void Find(Dialog dialog, string sipCallId, Action<IReadOnlyList<SipFlow>> found)
    {
        if (dialog.Flow.Connection is { IsOpen: true } && (dialog.Flow.IsSecure || !dialog.NextHop.IsSecure))
            found([dialog.Flow]);
        else if (SipServerLocator.TryLocate(dialog.NextHop, out var target))
            found(FlowsTo(dialog, [target.Value]));
        else
            LookUp(dialog, sipCallId, found);
    }

    private void LookUp(Dialog dialog, string sipCallId, Action<IReadOnlyList<SipFlow>> found)
    {
        var lookup = locator.LocateAsync(dialog.NextHop);
        if (lookup.IsCompletedSuccessfully)
        {
            found(FlowsTo(dialog, lookup.Result));   // known from before: what follows stays in order
            return;
        }
        _lookups.Add(lookup);
        _ = lookup.ContinueWith(
            done => loop.TryPost(() =>
            {
                _lookups.Remove(done);
                found(FlowsTo(dialog, done.Result));
            }, sipCallId),
            TaskScheduler.Default);
    }

    /// <summary>Those of the address family that the call came by, then the others.</summary>
    private List<SipFlow> FlowsTo(Dialog dialog, IReadOnlyList<SipTarget> targets) =>
        [.. targets.OrderBy(target => target.EndPoint.AddressFamily != dialog.Flow.Remote.AddressFamily).Select(target => FlowTo(dialog, target)).OfType<SipFlow>()
            .DistinctBy(flow => (flow.Transport, flow.Remote))];

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
