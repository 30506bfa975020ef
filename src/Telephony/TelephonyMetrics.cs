using System.Diagnostics.Metrics;
using Telephony.Calls;
using Telephony.Media;
using Telephony.Sip.Identity.Stir;
using Telephony.Sip.Transport;

namespace Telephony;

/// <summary>Counts calls: offered, answered, refused and ended; what comes in goes out again.</summary>
/// <remarks>Written by the signalling loop only; the sums are read from any thread.</remarks>
public sealed class TelephonyMetrics
{
    /// <summary>Name of the meter that all of telephony counts under.</summary>
    public const string MeterName = SipMetrics.MeterName;

    private readonly Counter<long> _offeredCounter;
    private readonly Counter<long> _answeredCounter;
    private readonly Counter<long> _refusedCounter;
    private readonly Counter<long> _endedCounter;
    private readonly Counter<long> _mediaRefusedCounter;
    private readonly Counter<long> _dialledCounter;
    private long _offered;
    private long _dialled;
    private long _answered;
    private readonly Counter<long> _verdictCounter;
    private long _ended;

    /// <summary>Makes the instruments.</summary>
    public TelephonyMetrics(IMeterFactory meterFactory)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        var meter = meterFactory.Create(MeterName);
        _offeredCounter = meter.CreateCounter<long>("telephony.calls.offered", "{call}", "INVITEs outside a dialog.");
        _answeredCounter = meter.CreateCounter<long>("telephony.calls.answered", "{call}", "Calls answered, by us or by those we called.");
        _refusedCounter = meter.CreateCounter<long>("telephony.calls.refused", "{call}", "Calls that we refused, by status code.");
        _endedCounter = meter.CreateCounter<long>("telephony.calls.ended", "{call}", "Calls that are over, by reason.");
        _verdictCounter = meter.CreateCounter<long>("telephony.calls.signed_identities", "{call}", "Calls with a signed caller identity, by verdict.");
        _dialledCounter = meter.CreateCounter<long>("telephony.calls.dialled", "{call}", "Calls that we made, answered or not.");
        _mediaRefusedCounter = meter.CreateCounter<long>("telephony.media.packets.refused", "{packet}", "RTP and RTCP packets that were not let in, counted when their call ends, by reason.");
        meter.CreateObservableUpDownCounter("telephony.calls.active", () => Active, "{call}", "Calls offered or dialled and not over.");
    }

    /// <summary>INVITEs outside a dialog since the start.</summary>
    public long Offered => Interlocked.Read(ref _offered);

    /// <summary>Calls that we made since the start.</summary>
    public long Dialled => Interlocked.Read(ref _dialled);

    /// <summary>Calls answered since the start, by us or by those we called.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Calls that are over since the start, the refused ones among them.</summary>
    public long Ended => Interlocked.Read(ref _ended);

    /// <summary>Calls offered or dialled and not over.</summary>
    public long Active => Offered + Dialled - Ended;

    internal void OnOffered()
    {
        Interlocked.Increment(ref _offered);
        _offeredCounter.Add(1);
    }

    internal void OnDialled()
    {
        Interlocked.Increment(ref _dialled);
        _dialledCounter.Add(1);
    }

    internal void OnAnswered()
    {
        Interlocked.Increment(ref _answered);
        _answeredCounter.Add(1);
    }

    internal void OnRefused(int statusCode) => _refusedCounter.Add(1, new KeyValuePair<string, object?>("status", statusCode));

    internal void OnJudged(StirVerdict verdict)
    {
        if (verdict != StirVerdict.NoToken)
            _verdictCounter.Add(1, new KeyValuePair<string, object?>("verdict", verdict.ToString()));
    }

    internal void OnMediaOver(MediaStatistics media)
    {
        Refused("foreign", media.PacketsForeign);
        Refused("malformed", media.PacketsMalformed);
        Refused("unauthenticated", media.PacketsUnauthenticated);
        Refused("replayed", media.PacketsReplayed);

        void Refused(string reason, long packets)
        {
            if (packets > 0)
                _mediaRefusedCounter.Add(packets, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    internal void OnEnded(CallEndReason reason)
    {
        Interlocked.Increment(ref _ended);
        _endedCounter.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
    }
}
