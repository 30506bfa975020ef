using Microsoft.Extensions.Logging;
using Telephony.Sip.Admission;
using Telephony.Sip.Authentication;
using Telephony.Sip.Messages;
using Telephony.Sip.Registrar;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.UserAgents;

/// <summary>Asks callers and phones for their login before anything of their request is kept, and takes registrations in (RFC 3261 sections 10.3 and 22).</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class LoginDesk
{
    // A phone sends each request twice, and to INVITE an ACK: none of it counts against who then proves to be a user.
    private const int MessagesOfLogin = 3;

    private readonly UserAgentOptions _options;
    private readonly ILogger _logger;
    private readonly SipMetrics _metrics;
    private readonly UserDirectory _users;
    private readonly DigestServer _digest;
    private readonly RegisterServer _registrar;
    private readonly FailedLogins _failures;

    public LoginDesk(UserAgentOptions options, TimerQueue timers, SipMetrics metrics, TimeProvider timeProvider, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _metrics = metrics;
        _users = new(options.Users, options.Digest);
        _digest = new(options.Digest, _users, timeProvider);
        Locations = new(_users, options.Registrar, timeProvider, timers) { Changed = OnChanged };
        _registrar = new(options.Registrar, Locations, timeProvider);
        metrics.ObserveRegistrations(() => Locations.Count);
        Strangers = options.Strangers;
        _failures = new(options.Gate, options.Access.BanTime, timeProvider, logger);
    }

    /// <summary>What becomes of strangers' requests.</summary>
    public StrangerPolicy Strangers { get; set; }

    /// <summary>Reads the passwords of other users; any thread.</summary>
    public KnownUsers Read(IReadOnlyDictionary<string, UserOptions> users) => _users.Read(users);

    /// <summary>Exchanges the users; phones of those who are gone, or have another password, have to register anew. Calls go on.</summary>
    public void Replace(KnownUsers users)
    {
        foreach (var user in _users.Replace(users))
            Locations.Forget(user);
    }

    /// <summary>Whether there is anybody who could log in.</summary>
    public bool HasUsers => _users.Count > 0;

    /// <summary>Where users are.</summary>
    public LocationService Locations { get; }

    /// <summary>Whether the sender of a request outside calls has to prove who it is: of every registration, and of calls that would not be taken otherwise
    /// or that claim to be a user's, and of those of a trunk that says so.</summary>
    public bool Asks(SipRequest request, Trunk? trunk) => HasUsers && request.Method switch
    {
        SipMethods.Register => true,
        SipMethods.Invite when trunk is not null => trunk.Options.RequireUser.Length > 0,
        SipMethods.Invite => Strangers != StrangerPolicy.Answer || _users.FindNamedBy(request.From.Uri) is not null,
        _ => false,
    };

    /// <summary>Whether a login is not looked at, right or wrong: too many wrong ones came from there, and it is not that of a user on the way that the user's own
    /// phone is registered by.</summary>
    public bool Ignores(SipRequest request, SipFlow flow) =>
        _failures.HasBlocked && _digest.ClaimOf(request) is { } claim && _failures.IsBlocked(claim.Origin) && !Locations.IsRegistered(flow, claim.User);

    /// <summary>Takes the proof in a request: null when it is one, else the response that asks for it or refuses.</summary>
    /// <param name="request">An INVITE or REGISTER.</param>
    /// <param name="flow">The way it came.</param>
    /// <param name="trunk">Whose address it came from; null for nobody's.</param>
    /// <param name="user">Name of the user who sent it.</param>
    public SipResponse? LogIn(SipRequest request, SipFlow flow, Trunk? trunk, out string? user)
    {
        var result = _digest.Check(request);
        _metrics.LoginChecked(Name(result.Verdict));
        user = result.User?.Name;
        if (result.User is null)
            return Challenge(request, flow, result);
        if (!IsOwn(request, result.User, trunk))
            return Response(request, 403, "Not Your Address");
        for (var i = 0; i < MessagesOfLogin; i++)
            _options.Gate?.Credit(flow.Remote.Address, flow.IsReliable);
        return null;
    }

    /// <summary>Answers the REGISTER of a user who has logged in.</summary>
    public void Register(ServerTransaction transaction)
    {
        if (transaction.User is null || _users.Named(transaction.User) is not { } user)
        {
            transaction.Respond(Response(transaction.Request, 403));
            return;
        }
        var answer = _registrar.Answer(transaction.Request, transaction.Flow, user);
        var response = Response(transaction.Request, answer.StatusCode, answer.ReasonPhrase);
        foreach (var header in answer.Headers)
            response.Headers.Add(header.Name, header.Value);
        transaction.Respond(response);
    }

    /// <summary>Whether the user may say what the request says of its sender; a trunk's calls come in the names of its callers.</summary>
    private static bool IsOwn(SipRequest request, SipUser user, Trunk? trunk) => request.Method == SipMethods.Register
        ? user.IsNamedBy(request.To.Uri)
        : trunk is not null ? user.Name == trunk.Options.RequireUser : user.MayNameAnyCaller || user.IsNamedBy(request.From.Uri);

    private SipResponse Challenge(SipRequest request, SipFlow flow, DigestResult result)
    {
        if (result.Verdict == DigestVerdict.Wrong)
            _failures.Add(request, flow, result.Origin);
        var response = Response(request, 401);
        _digest.Challenge(response, isStale: result.Verdict == DigestVerdict.Stale, SourceId.Of(flow.Remote.Address, flow.IsReliable));
        return response;
    }

    private static string Name(DigestVerdict verdict) => verdict switch
    {
        DigestVerdict.Accepted => "accepted",
        DigestVerdict.Wrong => "wrong",
        DigestVerdict.Stale => "stale",
        _ => "missing",
    };

    private SipResponse Response(SipRequest request, int statusCode, string? reasonPhrase = null)
    {
        var response = Refusal.Of(request, statusCode, reasonPhrase);
        response.Headers.Add(HeaderNames.Server, _options.ServerName);
        return response;
    }

    private void OnChanged(RegisteredContact contact, bool isNew)
    {
        if (isNew)
            _logger.Registered(contact.User, contact.Flow.Remote);
        else
            _logger.Unregistered(contact.User, contact.Flow.Remote);
    }
}
