using System.Text.Json.Serialization;
using VoiceAgent.Audio;

namespace VoiceAgent.Calls;

/// <summary>Measures, on the outgoing audio, how long a caller to whom something was due has waited, and what for.</summary>
/// <remarks>Owned by the call's loop. A wait that had several causes is put down to the one that lasted longest.</remarks>
/// <param name="time">The call's clock.</param>
/// <param name="ended">Told of each wait that has ended.</param>
internal sealed class DeadAir(TimeProvider time, Action<DeadAirCause, TimeSpan, DeadAirEnd> ended)
{
    private readonly long[] _ticks = new long[Enum.GetValues<DeadAirCause>().Length];
    private long _since;
    private long _countedTo;
    private long _heardAt;
    private bool _isWaiting;
    private bool _isOwed;
    private DeadAirCause _cause;

    /// <summary>The caller waits.</summary>
    /// <param name="since">When they began to: timestamp of the call's clock.</param>
    /// <param name="cause">For what, from now on.</param>
    /// <param name="isOwed">False within a turn that has been heard to begin.</param>
    public void Wait(long since, DeadAirCause cause, bool isOwed)
    {
        if (!_isWaiting || since != _since)
        {
            Array.Clear(_ticks);
            (_since, _countedTo, _cause, _isWaiting) = (since, since, cause, true);
        }
        Count(time.GetTimestamp());
        (_cause, _isOwed) = (cause, isOwed);
    }

    /// <summary>The caller waits for nothing, or speaks.</summary>
    public void Rest() => _isWaiting = false;

    /// <summary>Takes the sound that ended a silence last; the same one again changes nothing.</summary>
    public void Hear(SoundOnset onset)
    {
        if (onset.At == _heardAt)
            return;
        _heardAt = onset.At;
        // A model's own pause within its sentence is nothing that anybody waits for.
        if (!_isWaiting || (onset.IsAgent && !_isOwed && !onset.WasStarved))
            return;
        var silence = time.GetElapsedTime(Math.Max(_since, onset.QuietSince), onset.At);
        if (silence < LineSilence.Shortest)
            return;
        Count(onset.At);
        ended((DeadAirCause)Array.IndexOf(_ticks, _ticks.Max()), silence, onset.IsAgent ? DeadAirEnd.Answer : DeadAirEnd.Filler);
    }

    private void Count(long to)
    {
        _ticks[(int)_cause] += Math.Max(0, to - _countedTo);
        _countedTo = Math.Max(to, _countedTo);
    }
}

/// <summary>What a caller has waited for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeadAirCause>))]
public enum DeadAirCause
{
    /// <summary>The model's answer.</summary>
    Model,

    /// <summary>A tool.</summary>
    Tool,

    /// <summary>A Live connection in place of one that was lost.</summary>
    Reconnect,

    /// <summary>The rest of a sentence whose audio stopped coming.</summary>
    Network,
}

/// <summary>What has ended a silence.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeadAirEnd>))]
public enum DeadAirEnd
{
    /// <summary>The agent.</summary>
    Answer,

    /// <summary>A sound or words of ours, for a caller who waits.</summary>
    Filler,
}
