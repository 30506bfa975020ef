using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Telephony.Sip.Admission;
using Telephony.Sip.Ladders;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Transactions;

/// <summary>Message -> transaction: absorbs repetitions, opens a transaction for each new request, and finds the one a response answers.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class TransactionLayer(
    ISignalingLoop loop,
    TimerQueue timerQueue,
    SipTimers timers,
    int maxTransactions,
    ITransactionUser user,
    SipMetrics metrics,
    ILogger logger)
{
    /// <summary>What we write in Max-Forwards (RFC 3261 section 8.1.1.6).</summary>
    public const int InitialMaxForwards = 70;

    /// <summary>A request above it goes by TCP: with what the network adds it would not fit a packet (RFC 3261 section 18.1.1).</summary>
    private const int MaxDatagramRequestBytes = 1_300;

    private const int BranchBytes = 12;

    private readonly TransactionTables _tables = new();

    /// <summary>Who is told of requests.</summary>
    public ITransactionUser User { get; } = user;

    /// <summary>Our sockets, for requests that are too large for the one they were meant for.</summary>
    public IReadOnlyList<ISipTransport> Transports { get; init; } = [];

    /// <summary>Counts what strangers send, but not what belongs to a call; null where nobody is limited.</summary>
    public SourceGate? Gate { get; init; }

    /// <summary>Keeps the messages of calls; null where nobody wants them.</summary>
    public SipLadders? Ladders { get; init; }

    /// <summary>The figures all timers are made of.</summary>
    public SipTimers Timers { get; } = timers;

    /// <summary>Transactions open; readable from any thread.</summary>
    public int Count => _tables.Count;

    /// <summary>Whether the same request already came another way and is still being served.</summary>
    public bool IsMerged(ServerTransaction transaction) => _tables.IsMerged(transaction);

    /// <summary>Requests of a call that have no final response yet.</summary>
    public IReadOnlyList<ServerTransaction> Unanswered(string sipCallId) => _tables.Unanswered(sipCallId);

    /// <summary>Takes a message off the wire.</summary>
    public void OnMessage(InboundMessage message)
    {
        if (message.Parsed.Message is { } readable)
            Ladders?.Received(readable, message.Flow);
        switch (message.Parsed.Message)
        {
            case SipRequest { Method: SipMethods.Ack } ack:
                OnAck(ack, message.Flow);
                break;
            case SipRequest request:
                OnRequest(request, message.Flow);
                break;
            case SipResponse response:
                OnResponse(response, message.Flow);
                break;
            default:
                OnMalformed(message);
                break;
        }
    }

    /// <summary>Sends a request in a new transaction; its topmost Via is added here.</summary>
    /// <param name="request">Complete but for its Via.</param>
    /// <param name="flow">Where to.</param>
    /// <param name="user">Who is told how it went.</param>
    public ClientTransaction Send(SipRequest request, SipFlow flow, IClientTransactionUser user)
    {
        var branch = NewBranch();
        request.Headers.Prepend(HeaderNames.Via, ViaFor(flow, branch).ToString());

        var stream = StreamFor(request, flow);
        if (stream is not null)
            request.TopVia = ViaFor(stream, branch);

        var key = TransactionKey.ForClient(branch, request.Method);
        var fallback = stream is null ? null : flow;
        ClientTransaction transaction = request.Method == SipMethods.Invite
            ? new InviteClientTransaction(this, key, request, stream ?? flow, user) { Fallback = fallback }
            : new NonInviteClientTransaction(this, key, request, stream ?? flow, user) { Fallback = fallback };
        _tables.Add(transaction);
        transaction.Start();
        return transaction;
    }

    /// <summary>Sends CANCEL for an INVITE of ours that has a provisional response: the same way, with the same Via (RFC 3261 section 9.1).</summary>
    public void Cancel(ClientTransaction invite, IClientTransactionUser user)
    {
        var key = TransactionKey.ForClient(invite.Request.TopVia.Branch!, SipMethods.Cancel);
        if (invite.IsTerminated || _tables.TryFindClient(key, out _))
            return;
        var transaction = new NonInviteClientTransaction(this, key, CancelFor(invite.Request), invite.Flow, user);
        _tables.Add(transaction);
        transaction.Start();
        invite.LimitWait();
    }

    /// <summary>Sends an ACK to a 2xx, which is no transaction but has a branch of its own (RFC 3261 section 13.2.2.4).</summary>
    public void SendAck(SipRequest ack, SipFlow flow)
    {
        ack.Headers.Remove(HeaderNames.Via);
        ack.Headers.Prepend(HeaderNames.Via, ViaFor(flow, NewBranch()).ToString());
        SendStateless(ack, flow);
    }

    /// <summary>Sends bytes; a failure comes back on the loop.</summary>
    public void Transmit(ReadOnlyMemory<byte> bytes, SipFlow flow, string sipCallId, Action? onFailed)
    {
        Ladders?.Sent(bytes, flow, sipCallId);
        flow.Send(bytes, onFailed is null ? null : () => loop.TryPost(onFailed, sipCallId));
    }

    /// <summary>Sends a message outside any transaction: an ACK to a 2xx, or a refusal that is not repeated.</summary>
    public void SendStateless(SipMessage message, SipFlow flow) => Transmit(Refusal.Serialize(message), flow, message.CallId, onFailed: null);

    /// <summary>Starts a timer on the loop.</summary>
    public SignalingTimer StartTimer(TimeSpan due, Action callback, string sipCallId) => timerQueue.Start(due, callback, sipCallId);

    /// <summary>Forgets a transaction that is over.</summary>
    public void Remove(ServerTransaction transaction) => _tables.Remove(transaction);

    /// <summary>Forgets a transaction that is over.</summary>
    public void Remove(ClientTransaction transaction) => _tables.Remove(transaction);

    /// <summary>Our Via for a request that goes that way.</summary>
    internal static Via ViaFor(SipFlow flow, string branch)
    {
        var local = flow.Transport.LocalEndPoint;
        return new Via
        {
            Transport = local.TransportName,
            Host = flow.AdvertisedHost,
            Port = flow.AdvertisedPort,
            HasRPort = true,
            Branch = branch,
        };
    }

    private static string NewBranch() => Via.MagicCookie + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(BranchBytes));

    private static SipRequest CancelFor(SipRequest invite)
    {
        var cancel = new SipRequest(SipMethods.Cancel, invite.RequestUri);
        cancel.Headers.Add(HeaderNames.Via, invite.TopVia.ToString());
        foreach (var route in invite.Headers.GetLines(HeaderNames.Route))
            cancel.Headers.Add(HeaderNames.Route, route);
        cancel.MaxForwards = InitialMaxForwards;
        cancel.From = invite.From;
        cancel.To = invite.To;
        cancel.CallId = invite.CallId;
        cancel.CSeq = new CSeq(invite.CSeq.Number, SipMethods.Cancel);
        return cancel;
    }

    /// <summary>The way over TCP for a request that is too large for a datagram; null where it may go as it was meant to, or there is no TCP.</summary>
    private SipFlow? StreamFor(SipRequest request, SipFlow flow)
    {
        if (flow.IsReliable || flow.IsOnlyWay || Refusal.Serialize(request).Length <= MaxDatagramRequestBytes)
            return null;
        var stream = Transports.FirstOrDefault(transport => transport.LocalEndPoint.Protocol == SipProtocol.Tcp
            && transport.LocalEndPoint.EndPoint.AddressFamily == flow.Remote.AddressFamily);
        return stream is null ? null : new SipFlow(stream, flow.Remote, flow.AdvertisedAddress);
    }

    private void OnAck(SipRequest ack, SipFlow flow)
    {
        var isAbsorbed = _tables.TryFind(TransactionKey.ForServer(ack), out var found) && found is InviteServerTransaction invite && invite.Absorbs(ack);
        if (isAbsorbed)
            Gate?.Credit(flow.Remote.Address, flow.IsReliable);
        else
            User.OnAck(ack, flow);
    }

    private void OnRequest(SipRequest request, SipFlow flow)
    {
        var key = TransactionKey.ForServer(request);
        if (_tables.TryFind(key, out var known))
        {
            known.OnRetransmission();
            return;
        }
        var isInCall = IsInCall(key, request);
        string? sender = null;
        var admittance = isInCall ? Admittance.Welcome : User.Admit(request, flow, out sender);
        if (isInCall)
            Gate?.Credit(flow.Remote.Address, flow.IsReliable);
        if (admittance == Admittance.Welcome)
            Take(key, request, flow, sender, isOfCall: isInCall || request.Method == SipMethods.Invite);
        else if (admittance != Admittance.Answered)
            OnStranger(request, flow, admittance);
    }

    private void OnStranger(SipRequest request, SipFlow flow, Admittance admittance)
    {
        metrics.Dropped(DropReason.Stranger);
        if (admittance == Admittance.Refused)
            SendStateless(Refusal.Of(request, 403), ResponseRoute.For(flow, request.TopVia));
    }

    /// <summary>Half of the table is kept for calls, so that a flood of other requests leaves them room.</summary>
    private void Take(TransactionKey key, SipRequest request, SipFlow flow, string? sender, bool isOfCall)
    {
        if (isOfCall && _tables.Count >= maxTransactions)
            OnTableFull(request, flow);
        else if (!isOfCall && _tables.Count >= maxTransactions / 2)
            Serve(new StatelessServerTransaction(this, key, request, flow) { User = sender });
        else
            Open(key, request, flow, sender);
    }

    private void Open(TransactionKey key, SipRequest request, SipFlow flow, string? sender)
    {
        ServerTransaction transaction = request.Method == SipMethods.Invite
            ? new InviteServerTransaction(this, key, request, flow) { User = sender }
            : new NonInviteServerTransaction(this, key, request, flow) { User = sender };
        _tables.Add(transaction);
        Serve(transaction);
    }

    private void Serve(ServerTransaction transaction)
    {
        if (transaction.Request.Method == SipMethods.Cancel)
            User.OnCancel(transaction, FindInvite(transaction.Key, transaction.Request));
        else
            User.OnRequest(transaction);
    }

    private InviteServerTransaction? FindInvite(TransactionKey key, SipRequest cancel) =>
        _tables.TryFind(key.OfInvite(cancel), out var invite) ? invite as InviteServerTransaction : null;

    private bool IsInCall(TransactionKey key, SipRequest request) => request.Method switch
    {
        SipMethods.Cancel => FindInvite(key, request) is not null,
        _ => User.HasDialog(request),
    };

    private void OnTableFull(SipRequest request, SipFlow flow)
    {
        metrics.Dropped(DropReason.TableFull);
        if (request.Method == SipMethods.Invite)
            SendStateless(Refusal.Of(request, 503), ResponseRoute.For(flow, request.TopVia));
    }

    private void OnResponse(SipResponse response, SipFlow flow)
    {
        // More than one Via means that it was meant for somebody else (RFC 3261 section 8.1.3.3).
        if (response.TopVia.Branch is { } branch
            && response.Vias.Count == 1
            && _tables.TryFindClient(TransactionKey.ForClient(branch, response.CSeq.Method), out var transaction))
        {
            Gate?.Credit(flow.Remote.Address, flow.IsReliable);
            transaction.AnsweredOn = flow;
            transaction.OnResponse(response);
            return;
        }
        metrics.Dropped(DropReason.StrayResponse);
    }

    private void OnMalformed(InboundMessage message)
    {
        metrics.Dropped(DropReason.Malformed);
        if (message.Parsed.Failure is not { } failure)
            return;
        logger.Malformed(message.SipCallId, message.Flow.Remote, failure.Reason);
        if (User.MayAnswer(message.Flow) && Refusal.Of(failure) is { } response)
            SendStateless(response, ResponseRoute.For(message.Flow, response.TopVia));
    }
}
