using System.Text.Json;
using Telephony;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;
using VoiceAgent.Records;

namespace VoiceAgent.WebConsole;

/// <summary>The service and its running calls as all browsers see them: looked at once a second, however many look on.</summary>
/// <remarks>Any thread. Reads of running calls only what does not change, their state, and meters.</remarks>
internal sealed class LiveBoard(CallTable calls, TelephonyService telephony, Readiness readiness, TodayTally tally, TimeProvider time)
{
    /// <summary>Calls that are shown; how many there are is said besides.</summary>
    public const int MostCalls = 300;

    /// <summary>How old a look may be.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private byte[] _json = [];
    private long _lookedAt;

    /// <summary>The present state as one line of JSON.</summary>
    public ReadOnlyMemory<byte> Look()
    {
        lock (_gate)
        {
            if (_json.Length == 0 || time.GetElapsedTime(_lookedAt) >= Period / 2)
                (_json, _lookedAt) = (JsonSerializer.SerializeToUtf8Bytes(View(), ConsoleJson.Default.LiveView), time.GetTimestamp());
            return _json;
        }
    }

    private LiveView View() => new(
        readiness.State, calls.IsDraining, calls.Stops, [.. readiness.Complaints], calls.Count,
        [.. calls.Running.OrderBy(session => session.Record.StartedAt).Take(MostCalls).Select(View)], telephony.Trunks, telephony.PhoneCount, tally.Today);

    private static LiveCallView View(CallSession session)
    {
        var record = session.Record;
        return new LiveCallView(RecordCursor.KeyOf(record), record.CallId, session.State, record.Direction, record.CallerNumber ?? record.User, record.DialledNumber, record.Trunk, record.Agent, record.StartedAt, session.Meters);
    }
}
