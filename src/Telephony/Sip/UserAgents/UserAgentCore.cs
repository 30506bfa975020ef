using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Telephony.Sip.Admission;
using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Registration;
using Telephony.Sip.Resolution;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.UserAgents;

/// <summary>Request -> call: checks it, answers what needs no call, and hands the rest to the dialog or the host (RFC 3261 section 8.2).</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class UserAgentCore : ITransactionUser
{
    private const int MaxRetryAfterSeconds = 10;   // RFC 3261 section 14.2

    private readonly UserAgentOptions _options;
    private readonly IUserAgentHandler _handler;
    private readonly RequestAdmission _admission;
    private readonly SipMetrics _metrics;
    private readonly ILogger _logger;
    private readonly PhonePings _pings;

    public UserAgentCore(UserAgentOptions options, IUserAgentHandler handler, IReadOnlyList<ISipTransport> transports, SignalingLoop loop, TimerQueue timers,
        SipMetrics metrics, SipServerLocator locator, RequestAdmission admission, TimeProvider timeProvider, ILogger logger)
    {
        _options = options;
        _handler = handler;
        _metrics = metrics;
        _logger = logger;
        _admission = admission;
        Dialogs = new(options.MaxDialogs);
        Layer = new(loop, timers, options.Timers, options.MaxTransactions, this, metrics, logger) { Transports = transports, Gate = options.Gate, Ladders = options.Ladders };
        Locator = locator;
        Requests = new(Layer, transports, loop, locator);
        Desk = new(options, timers, metrics, timeProvider, logger);
        Lines = new(
            new TrunkStack
            {
                Layer = Layer,
                Loop = loop,
                Locator = locator,
                Transports = transports,
                Own = options.Own,
                ProductName = options.ServerName,
                TimeProvider = timeProvider,
                Metrics = metrics,
                Logger = logger,
            },
            options.Trunks,
            options.RegistrationSpread);
        _pings = new PhonePings(Layer, Desk.Locations, options);
        _pings.Start(Desk.HasUsers);
        loop.MessageReceived = Layer.OnMessage;
        loop.CallFailed = FailCall;
    }

    /// <summary>The transactions.</summary>
    public TransactionLayer Layer { get; }

    /// <summary>The dialogs.</summary>
    public DialogLayer Dialogs { get; }

    /// <summary>Sends within dialogs.</summary>
    public DialogRequests Requests { get; }

    /// <summary>The trunks that requests may come from.</summary>
    public TrunkDirectory Trunks => _options.Trunks;

    /// <summary>The trunks' servers: where they are, and whether they live.</summary>
    public TrunkLines Lines { get; }

    /// <summary>Finds the servers of URIs.</summary>
    public SipServerLocator Locator { get; }

    /// <summary>Where users log in and are registered.</summary>
    public LoginDesk Desk { get; }

    /// <summary>How long a peer that agreed to a transfer may take to tell its result.</summary>
    public TimeSpan TransferTimeout => _options.TransferTimeout;

    /// <summary>Limits and manners.</summary>
    public UserAgentOptions Options => _options;

    /// <summary>INVITEs of ours that are not answered, by Call-ID.</summary>
    public HashSet<UserAgentClient> Clients { get; } = [];

    /// <summary>Where calls report.</summary>
    public ILogger Logger => _logger;

    /// <summary>Goes by other trunks, users and limits from now on; dialogs go on as they are.</summary>
    /// <param name="change">What is new.</param>
    /// <param name="hasCalls">Whether a trunk of that name has calls up.</param>
    public void Replace(UserAgentChange change, Func<string, bool> hasCalls)
    {
        Trunks.Replace(change.Trunks, hasCalls);
        Desk.Replace(change.Users);
        _pings.Start(Desk.HasUsers);
        Desk.Strangers = _admission.Strangers = change.Strangers;
        _options.Gate?.Replace(change.Access, change.Strangers);
        Lines.Replace(change.Trunks);
    }

    public bool HasDialog(SipRequest request) => Dialogs.Find(request) is not null;

    public Admittance Admit(SipRequest request, SipFlow flow, out string? user)
    {
        user = null;
        if (_admission.IsScan(request, flow))
            return Admittance.Ignored;
        var trunk = Trunks.Of(request, flow);
        if (!Desk.Asks(request, trunk))
            return Desk.Locations.IsRegistered(flow) ? Admittance.Welcome : _admission.Of(request, flow);
        if (Desk.Ignores(request, flow))
            return Admittance.Ignored;
        if (Desk.LogIn(request, flow, trunk, out user) is not { } refusal)
            return Admittance.Welcome;
        Layer.SendStateless(refusal, ResponseRoute.For(flow, request.TopVia));
        return Admittance.Answered;
    }

    public bool MayAnswer(SipFlow flow) => _admission.MayAnswer(flow) || Desk.Locations.IsRegistered(flow);

    public void OnRequest(ServerTransaction transaction)
    {
        var request = transaction.Request;
        if (request.Method == SipMethods.Invite)
            transaction.Respond(SipResponse.For(request, 100));
        if ((RequestChecks.Check(request, Layer.IsMerged(transaction), transaction.Flow.IsSecure, Desk.HasUsers) ?? SessionTimer.Check(request, _options.SessionTimer)) is { } refusal)
            Refuse(transaction, refusal.StatusCode, refusal.ReasonPhrase, refusal.Header);
        else if (request.To.Tag is not null)
            OnRequestInDialog(transaction);
        else if (transaction is InviteServerTransaction invite)
            OnInvite(invite);
        else if (request.Method == SipMethods.Options)
            AnswerOptions(transaction);
        else if (request.Method == SipMethods.Register)
            Desk.Register(transaction);
        else
            Refuse(transaction, 481);
    }

    public void OnCancel(ServerTransaction cancel, InviteServerTransaction? invite)
    {
        if (invite is null)
        {
            Refuse(cancel, 481);
            return;
        }
        cancel.Respond(Response(cancel.Request, 200, toTag: invite.Owner?.LocalTag));
        if (!invite.IsAnswered)
            invite.Owner?.OnCancel();
    }

    public void OnAck(SipRequest ack, SipFlow flow)
    {
        if (Dialogs.Find(ack) is not { } usage)
        {
            _metrics.Dropped(DropReason.StrayAck);
            return;
        }
        _options.Gate?.Credit(flow.Remote.Address, flow.IsReliable);
        usage.OnAck(ack);
    }

    public void OnTransportError(ServerTransaction transaction) => (transaction as InviteServerTransaction)?.Owner?.OnTransportError();

    /// <summary>A response with what each of ours carries.</summary>
    /// <param name="request">What it answers.</param>
    /// <param name="statusCode">101 to 699.</param>
    /// <param name="reasonPhrase">Null for the usual one.</param>
    /// <param name="toTag">Tag of our dialog; null for one without a dialog.</param>
    public SipResponse Response(SipRequest request, int statusCode, string? reasonPhrase = null, string? toTag = null)
    {
        var response = toTag is null ? Refusal.Of(request, statusCode, reasonPhrase) : SipResponse.For(request, statusCode, reasonPhrase, toTag);
        response.Headers.Add(HeaderNames.Server, _options.ServerName);
        return response;
    }

    /// <summary>Answers with a status and one header that explains it.</summary>
    public void Refuse(ServerTransaction transaction, int statusCode, string? reasonPhrase = null, SipHeader? header = null)
    {
        var response = Response(transaction.Request, statusCode, reasonPhrase);
        if (header is { } explaining)
            response.Headers.Add(explaining.Name, explaining.Value);
        _logger.Refused(transaction.Request.CallId, transaction.Request.Method, transaction.Flow.Remote, statusCode);
        transaction.Respond(response);
    }

    /// <summary>500 for a request that crosses another one; the random wait keeps two sides from colliding again (RFC 3261 section 14.2).</summary>
    public void RefuseForNow(ServerTransaction transaction) =>
        Refuse(transaction, 500, "Another Request Pending", new(HeaderNames.RetryAfter, $"{RandomNumberGenerator.GetInt32(MaxRetryAfterSeconds + 1)}"));

    /// <summary>Says what we can, with the status an INVITE would get (RFC 3261 section 11.2).</summary>
    private void AnswerOptions(ServerTransaction transaction)
    {
        var (statusCode, retryAfter, reasonPhrase) = _handler.OptionsStatus();
        var response = Response(transaction.Request, statusCode, reasonPhrase);
        Capabilities.Describe(response);
        if (retryAfter is not null)
            response.Headers.Add(HeaderNames.RetryAfter, retryAfter);
        transaction.Respond(response);
    }

    private void OnRequestInDialog(ServerTransaction transaction)
    {
        if (Dialogs.Find(transaction.Request) is not { } usage)
            Refuse(transaction, 481);
        else if (!DialogLayer.TryAdvance(usage.Dialog, transaction.Request, transaction.Flow))
            Refuse(transaction, 500, "CSeq Out Of Order");
        else if (TellsKeysInClear(usage.Dialog, transaction))
            Refuse(transaction, 403, "TLS Only");
        else
            usage.OnRequest(transaction);
    }

    /// <summary>Whether our answer would have a session description, and anybody on its way could read the keys that we gave over TLS.</summary>
    private bool TellsKeysInClear(Dialog dialog, ServerTransaction transaction) =>
        dialog.Flow.IsSecure && !transaction.Flow.IsSecure && !_options.AllowKeysInClear
        && (transaction.Request.Method == SipMethods.Invite || !SessionBody.Of(transaction.Request).IsEmpty);

    private void OnInvite(InviteServerTransaction transaction)
    {
        if (Dialogs.IsFull)
        {
            _metrics.Dropped(DropReason.TableFull);
            Refuse(transaction, 503);
            return;
        }
        if (Clients.Any(client => client.SipCallId == transaction.Request.CallId))
        {
            Refuse(transaction, 482, "Loop Detected");   // our own INVITE has come back
            return;
        }
        if (Dialogs.IsKnown(transaction.Request))
        {
            Refuse(transaction, 482, "Merged Request");
            return;
        }
        var (replaced, refusal) = ReplacesCheck.Of(transaction.Request, Dialogs);
        if (refusal is null)
            _handler.OnInvite(new UserAgentServer(this, transaction) { Replaced = replaced });
        else
            Refuse(transaction, refusal.StatusCode, refusal.ReasonPhrase);
    }

    /// <summary>A bug was met in this call: whatever waits for us there gets an end.</summary>
    private void FailCall(string sipCallId)
    {
        foreach (var usage in Dialogs.OfCall(sipCallId))
            usage.Fail();
        foreach (var client in Clients.Where(client => client.SipCallId == sipCallId).ToList())
            client.Fail();
        foreach (var transaction in Layer.Unanswered(sipCallId))
            Refuse(transaction, 500);
    }
}
