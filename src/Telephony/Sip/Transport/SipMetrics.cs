using System.Diagnostics.Metrics;

namespace Telephony.Sip.Transport;

/// <summary>Counters of the SIP stack on the meter <c>VoiceAgent.Telephony</c>.</summary>
internal sealed class SipMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "VoiceAgent.Telephony";

    private readonly Meter _meter;
    private readonly bool _isOwnMeter;
    private readonly Counter<long> _received;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _handshakes;
    private readonly Counter<long> _logins;
    private readonly Counter<long> _registers;
    private readonly Counter<long> _lostCopies;
    private long _receivedCount;
    private long _sentCount;
    private long _droppedCount;

    /// <summary>Registers the instruments; the gauges read what is given here whenever they are observed, on any thread.</summary>
    public SipMetrics(Func<int> transactions, Func<int> dialogs, Func<int> connections, Func<int> bans, string meterName = MeterName, IMeterFactory? meters = null)
    {
        _meter = meters?.Create(meterName) ?? new Meter(meterName);
        _isOwnMeter = meters is null;
        _received = _meter.CreateCounter<long>("voiceagent.sip.messages.received", "{message}", "SIP messages taken off the wire.");
        _sent = _meter.CreateCounter<long>("voiceagent.sip.messages.sent", "{message}", "SIP messages handed to a socket.");
        _dropped = _meter.CreateCounter<long>("voiceagent.sip.messages.dropped", "{message}", "SIP messages dropped, by reason.");
        _opened = _meter.CreateCounter<long>("voiceagent.sip.connections.opened", "{connection}", "Stream connections accepted or made.");
        _closed = _meter.CreateCounter<long>("voiceagent.sip.connections.closed", "{connection}", "Stream connections that ended or were refused, by reason.");
        _handshakes = _meter.CreateCounter<long>("voiceagent.sip.tls.handshakes", "{handshake}", "TLS handshakes that ended well.");
        _logins = _meter.CreateCounter<long>("voiceagent.sip.logins", "{request}", "Requests that need a login, by what their credentials proved.");
        _registers = _meter.CreateCounter<long>("voiceagent.sip.trunks.registers", "{request}", "REGISTERs of ours at trunks, by how they ended.");
        _lostCopies = _meter.CreateCounter<long>("voiceagent.sip.hep.lost", "{message}", "Copies of SIP messages that could not be sent to Telephony:Hep:Collector.");
        _meter.CreateObservableGauge("voiceagent.sip.transactions", transactions, "{transaction}", "Transactions open.");
        _meter.CreateObservableGauge("voiceagent.sip.dialogs", dialogs, "{dialog}", "Dialogs open.");
        _meter.CreateObservableGauge("voiceagent.sip.connections", connections, "{connection}", "Stream connections open.");
        _meter.CreateObservableGauge("voiceagent.sip.sources.banned", bans, "{source}", "Sources that are not listened to at present.");
    }

    /// <summary>Messages taken off the wire.</summary>
    public long ReceivedCount => Interlocked.Read(ref _receivedCount);

    /// <summary>Messages handed to a socket.</summary>
    public long SentCount => Interlocked.Read(ref _sentCount);

    /// <summary>Messages dropped for any reason.</summary>
    public long DroppedCount => Interlocked.Read(ref _droppedCount);

    /// <summary>Registers the gauge of phones that are registered here.</summary>
    /// <param name="registrations">Read whenever it is observed, on any thread.</param>
    public void ObserveRegistrations(Func<int> registrations) =>
        _meter.CreateObservableGauge("voiceagent.sip.registrations", registrations, "{phone}", "Phones of users that are registered here.");

    /// <summary>Registers the gauge of trunks: 1 for one that is up, else 0, by its name.</summary>
    /// <param name="trunks">Read whenever it is observed, on any thread.</param>
    public void ObserveTrunks(Func<IEnumerable<Measurement<int>>> trunks) =>
        _meter.CreateObservableGauge("voiceagent.sip.trunks.up", trunks, "{trunk}", "Trunks with a server: 1 for one that answers and has accepted our registration, else 0.");

    /// <summary>A REGISTER of ours at a trunk was settled; any thread.</summary>
    /// <param name="trunk">Its name.</param>
    /// <param name="outcome">How it ended.</param>
    public void TrunkRegistered(string trunk, string outcome) => _registers.Add(1, new("trunk", trunk), new("outcome", outcome));

    /// <summary>A request that needs a login came; any thread.</summary>
    /// <param name="result">What its credentials proved.</param>
    public void LoginChecked(string result) => _logins.Add(1, new KeyValuePair<string, object?>("result", result));

    /// <summary>A message came; any thread.</summary>
    public void Received()
    {
        Interlocked.Increment(ref _receivedCount);
        _received.Add(1);
    }

    /// <summary>A message left; any thread.</summary>
    public void Sent()
    {
        Interlocked.Increment(ref _sentCount);
        _sent.Add(1);
    }

    /// <summary>The copy of a message could not be sent to whom it was meant for; any thread.</summary>
    public void CopyLost() => _lostCopies.Add(1);

    /// <summary>A message was dropped; any thread.</summary>
    /// <param name="reason">One of <see cref="DropReason"/>.</param>
    public void Dropped(string reason)
    {
        Interlocked.Increment(ref _droppedCount);
        _dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));
    }

    /// <summary>A stream connection was accepted or is being made; any thread.</summary>
    public void ConnectionOpened() => _opened.Add(1);

    /// <summary>A stream connection is over; any thread.</summary>
    /// <param name="reason">One of <see cref="CloseReason"/>.</param>
    public void ConnectionClosed(string reason) => _closed.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A TLS handshake ended well; those that failed are connections closed for it. Any thread.</summary>
    public void HandshakeDone() => _handshakes.Add(1);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isOwnMeter)
            _meter.Dispose();
    }
}

/// <summary>Why a message was dropped: the values of the <c>reason</c> tag.</summary>
internal static class DropReason
{
    /// <summary>Nothing in it could be answered.</summary>
    public const string Malformed = "malformed";

    /// <summary>The signalling loop is behind.</summary>
    public const string QueueFull = "queue_full";

    /// <summary>The transaction or dialog table is full.</summary>
    public const string TableFull = "table_full";

    /// <summary>A request outside calls of somebody whom the configuration does not know.</summary>
    public const string Stranger = "stranger";

    /// <summary>Not read: its source is banned.</summary>
    public const string Banned = "banned";

    /// <summary>Not read: all strangers together send too much.</summary>
    public const string TooMany = "too_many";

    /// <summary>A response that answers nothing we sent.</summary>
    public const string StrayResponse = "stray_response";

    /// <summary>An ACK that confirms nothing we sent.</summary>
    public const string StrayAck = "stray_ack";
}
