using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Telephony.Sip.Admission;

/// <summary>Stands before the parser: lets through what trunks send, and of others only as much as one source, and all together, may send.</summary>
/// <remarks>Any thread. Costs well under a microsecond, allocates only when it meets a new source, and forgets what it need not know.</remarks>
internal sealed class SourceGate
{
    private readonly Lock _lock = new();
    private readonly Func<IPEndPoint, SourceStanding> _standing;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly LogAllowance _allowance;
    private readonly BanTable _bans;
    private volatile Terms _terms;
    private SourceRates _rates;
    private TokenRate _strangersRate;
    private TokenBucket _datagrams;
    private TokenBucket _streams;

    /// <param name="options">The limits.</param>
    /// <param name="strangers">What becomes of strangers' requests.</param>
    /// <param name="standing">Whose an address and port is; port 0 asks about the address alone. Any thread.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Is told of bans.</param>
    public SourceGate(AccessOptions options, StrangerPolicy strangers, Func<IPEndPoint, SourceStanding> standing, TimeProvider timeProvider, ILogger logger)
    {
        _standing = standing;
        _timeProvider = timeProvider;
        _logger = logger;
        _allowance = new(timeProvider);
        _bans = new(options.BanTime, AccessOptions.MaxBans, timeProvider);
        _terms = Terms.Of(options, strangers);
        Begin(_terms);
    }

    /// <summary>Goes by other limits from now on; bans that are in force go on. <see cref="AccessOptions.BanTime"/> stays as it was.</summary>
    public void Replace(AccessOptions options, StrangerPolicy strangers)
    {
        var terms = Terms.Of(options, strangers);
        lock (_lock)
        {
            if (terms.Pace != _terms.Pace)
                Begin(terms);
            _terms = terms;
        }
    }

    /// <summary>Bans in force.</summary>
    public int BanCount
    {
        get
        {
            lock (_lock)
                return _bans.Count(_timeProvider.GetTimestamp());
        }
    }

    /// <summary>Sources whose pace is remembered.</summary>
    internal int SourceCount
    {
        get
        {
            lock (_lock)
                return _rates.Count;
        }
    }

    /// <summary>Whether a message of that address is to be read; one too many bans its source.</summary>
    /// <param name="sender">Whose it seems to be.</param>
    /// <param name="way">How it came.</param>
    public GateVerdict Admit(IPEndPoint sender, SourceWay way)
    {
        var terms = _terms;
        if (!terms.IsLimited || (way == SourceWay.StreamInUse && terms.StrangersAre != StrangerPolicy.Answer))
            return GateVerdict.Pass;
        var standing = _standing(sender);
        if (standing == SourceStanding.Exempt)
            return GateVerdict.Pass;
        var source = SourceId.Of(sender.Address, way != SourceWay.Datagram);
        var now = _timeProvider.GetTimestamp();
        GateVerdict verdict;
        lock (_lock)
            verdict = Judge(source, standing, way, now);
        if (verdict == GateVerdict.NewlyBanned)
            TellBan(source);
        return verdict;
    }

    /// <summary>Whether a source is banned, without counting anything against it.</summary>
    public bool IsBanned(IPAddress address, bool isStream)
    {
        lock (_lock)
        {
            if (!_bans.IsBanned(SourceId.Of(address, isStream), _timeProvider.GetTimestamp()))
                return false;
        }
        return StandingOf(address) == SourceStanding.Stranger;
    }

    /// <summary>Whether an address may get what no request of ours or of its own asked for.</summary>
    public bool MayAnswer(IPAddress address) => _terms.StrangersAre != StrangerPolicy.Silence || StandingOf(address) == SourceStanding.Exempt;

    /// <summary>Whether somebody at an address is served without having to prove anything.</summary>
    public bool Trusts(IPAddress address) => _terms.StrangersAre == StrangerPolicy.Answer || StandingOf(address) == SourceStanding.Exempt;

    /// <summary>A message that was let through belongs to a call, or to somebody who has proven who they are: it does not count.</summary>
    public void Credit(IPAddress address, bool isStream)
    {
        lock (_lock)
            _rates.Return(SourceId.Of(address, isStream));
    }

    /// <summary>Bans a source at once, unless it is a trunk, or phones are registered from there.</summary>
    public void Ban(IPAddress address, bool isStream)
    {
        if (!_terms.IsLimited || StandingOf(address) != SourceStanding.Stranger)
            return;
        var source = SourceId.Of(address, isStream);
        bool isNew;
        lock (_lock)
            isNew = _bans.TryAdd(source, _timeProvider.GetTimestamp());
        if (isNew)
            TellBan(source);
    }

    private SourceStanding StandingOf(IPAddress address) => _standing(new(address, 0));

    private GateVerdict Judge(SourceId source, SourceStanding standing, SourceWay way, long now)
    {
        if (standing == SourceStanding.Stranger && _bans.IsBanned(source, now))
            return GateVerdict.Banned;
        if (!_rates.TryTake(source, now))
            return standing == SourceStanding.Neighbour ? GateVerdict.TooMany : _bans.TryAdd(source, now) ? GateVerdict.NewlyBanned : GateVerdict.Banned;
        // Forged datagrams must not use up what is left for connections.
        if (way == SourceWay.StreamInUse || (source.IsStream ? ref _streams : ref _datagrams).TryTake(_strangersRate, now))
            return GateVerdict.Pass;
        if (source.IsStream)
            _rates.Return(source);   // it is asked about again
        return GateVerdict.TooMany;
    }

    private void TellBan(SourceId source)
    {
        if (_allowance.TryTake(out var withheld))
            _logger.SourceBanned(source, _bans.BanTime, withheld);
    }

    [MemberNotNull(nameof(_rates))]
    private void Begin(Terms terms)
    {
        _rates = new(new TokenRate(terms.Pace.Limit, terms.Pace.Window, _timeProvider), terms.Pace.Window, _timeProvider);
        _strangersRate = new(terms.Pace.OfAll, TimeSpan.FromSeconds(1), _timeProvider);
        _datagrams = _streams = new(terms.Pace.OfAll, _timeProvider.GetTimestamp());
    }

    private sealed record Terms((int Limit, TimeSpan Window, int OfAll) Pace, StrangerPolicy StrangersAre)
    {
        public bool IsLimited => Pace.Limit > 0;

        public static Terms Of(AccessOptions options, StrangerPolicy strangers) =>
            new((options.RequestLimit ?? (strangers == StrangerPolicy.Answer ? 0 : AccessOptions.UsualRequestLimit), options.RequestWindow, options.StrangerMessagesPerSecond), strangers);
    }
}

/// <summary>Whose an address and port is, as far as <see cref="SourceGate"/> cares.</summary>
internal enum SourceStanding
{
    /// <summary>Nobody's whom we know.</summary>
    Stranger,

    /// <summary>Somebody's from whose address a phone is registered, as of others behind the same NAT: held to the pace, but never banned.</summary>
    Neighbour,

    /// <summary>A trunk's, or the very one that a phone is registered from: not limited.</summary>
    Exempt,
}

/// <summary>How a message came, as far as <see cref="SourceGate"/> cares.</summary>
internal enum SourceWay
{
    /// <summary>In a datagram, whose address may be forged.</summary>
    Datagram,

    /// <summary>On a connection.</summary>
    Stream,

    /// <summary>On a connection that carries a call or a registration: somebody was let in there, and others of its address cannot end that.</summary>
    StreamInUse,
}

/// <summary>What <see cref="SourceGate"/> says of a message.</summary>
internal enum GateVerdict
{
    /// <summary>It may be read.</summary>
    Pass,

    /// <summary>Its source is banned since now.</summary>
    NewlyBanned,

    /// <summary>Its source is banned.</summary>
    Banned,

    /// <summary>All strangers together send too much, or one whose source is not to be banned.</summary>
    TooMany,
}
