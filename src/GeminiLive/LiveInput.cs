using System.Text.Json;
using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>What the client tells the model besides audio: text, content, pictures, marks of activity, results of functions.</summary>
/// <remarks>
/// Any thread; nothing blocks. Each method returns false when the session is over, when far too much waits to be sent, or when the model has no
/// such message; it is kept while a lost connection is replaced.
/// </remarks>
public sealed class LiveInput
{
    // More would hold up what is said after it on a line that hardly moves.
    private const int MaxVideoBytes = 256 * 1024;
    private const int MaxWaitingForVideo = 8;
    private static readonly TimeSpan VideoInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly LiveOutbox _outbox;
    private readonly LiveToolCalls _toolCalls;
    private readonly Func<LiveActivity> _activity;
    private readonly LiveWatchdog _watchdog;
    private readonly Func<string?, IReadOnlyList<LiveFunction>?, byte[]> _changeContext;
    private readonly Func<bool> _isOver;
    private readonly TimeProvider _timeProvider;
    private long? _lastVideo;

    internal LiveInput(
        LiveOutbox outbox, LiveToolCalls toolCalls, Func<LiveActivity> activity, LiveWatchdog watchdog,
        Func<string?, IReadOnlyList<LiveFunction>?, byte[]> changeContext, Func<bool> isOver, TimeProvider timeProvider)
    {
        (_outbox, _toolCalls, _activity, _watchdog) = (outbox, toolCalls, activity, watchdog);
        (_changeContext, _isOver, _timeProvider) = (changeContext, isOver, timeProvider);
    }

    /// <summary>Says something in writing that the model shall answer, in the way of its family; where that is <c>clientContent</c>, a running answer is cut.</summary>
    public bool SendText(string text) => Ask(profile => ClientMessages.Text(text, expectsAnswer: true, profile));

    /// <summary>Likewise, but a model that says nothing to it is not taken for mute.</summary>
    public bool Suggest(string text) => !_isOver() && _outbox.TryAdd(profile => ClientMessages.Text(text, expectsAnswer: true, profile));

    /// <summary>Appends turns to the conversation (<c>clientContent</c>).</summary>
    /// <param name="turns">Oldest first; may be empty to have the model go on from what it has.</param>
    /// <param name="turnComplete">True has the model answer now, cutting a running answer; false only tells it.</param>
    public bool SendContent(IReadOnlyList<LiveHistoryTurn> turns, bool turnComplete)
    {
        if (turnComplete)
            return Ask(_ => ClientMessages.Content(turns, turnComplete));
        return turns.Count > 0 && Send(ClientMessages.Content(turns, turnComplete));
    }

    /// <summary>Shows a picture.</summary>
    /// <param name="jpeg">A whole JPEG file of at most 256 KB.</param>
    /// <returns>False also when the last one is less than a second old, or when the line is too slow for pictures.</returns>
    public bool SendVideo(ReadOnlySpan<byte> jpeg)
    {
        if (jpeg.IsEmpty || jpeg.Length > MaxVideoBytes || _outbox.Count >= MaxWaitingForVideo)
            return false;
        lock (_gate)
        {
            if (_lastVideo is { } last && _timeProvider.GetElapsedTime(last) < VideoInterval)
                return false;
            _lastVideo = _timeProvider.GetTimestamp();
        }
        return Send(ClientMessages.Video(jpeg));
    }

    /// <summary>Says that the audio pauses for more than about a second, so that the service works in what it has; audio may go on at any time.</summary>
    /// <returns>False also with manual activity detection, which has no such message.</returns>
    public bool EndAudioStream() => !_activity().IsManual && Send(ClientMessages.AudioStreamEnd);

    /// <summary>Opens the caller's turn by hand and keeps it open until <see cref="EndActivity"/>, whatever the detector hears.</summary>
    /// <returns>False also with automatic activity detection, where the service decides.</returns>
    public bool StartActivity() => !_isOver() && _activity().Hold(isOpen: true);

    /// <summary>Ends the caller's turn by hand; from now on the detector decides again.</summary>
    /// <returns>False also with automatic activity detection, where the service decides.</returns>
    public bool EndActivity() => !_isOver() && _activity().Hold(isOpen: false);

    /// <summary>Changes what the session was set up with; a null stays as it is, anything else replaces the old value whole.</summary>
    /// <param name="systemInstruction">New instruction.</param>
    /// <param name="functions">New functions.</param>
    /// <returns>False also where the model has no <c>contextUpdate</c>, and when both are null.</returns>
    public bool UpdateContext(string? systemInstruction, IReadOnlyList<LiveFunction>? functions) =>
        (systemInstruction is not null || functions is not null) && _toolCalls.Profile.SupportsContextUpdate && !_isOver()
        && _outbox.TryAdd(_changeContext(systemInstruction, functions));

    /// <summary>Answers function calls; answers that can go together go in one message.</summary>
    /// <returns>False also when none of the calls waits for an answer, since the model has cancelled them.</returns>
    public bool Respond(IReadOnlyList<LiveToolResponse> responses)
    {
        if (_isOver() || !_toolCalls.Respond(responses))
            return false;
        if (responses.Any(response => response.Scheduling != LiveScheduling.Silent && (response.WillContinue != true || _toolCalls.Profile.SupportsContinuedResponses)))
            _watchdog.Expect();
        return true;
    }

    /// <summary>Tells the result of a call in words: one that was answered already, such as with "started", or that came before the session at hand.</summary>
    /// <param name="call">The call, as the model made it.</param>
    /// <param name="response">The result, as in <see cref="LiveToolResponse.Response"/>.</param>
    /// <param name="expectsAnswer">True has the model speak of it now, cutting what it is saying where its family does so; false only lets it know.</param>
    public bool TellResult(LiveToolCall call, JsonElement response, bool expectsAnswer)
    {
        if (_isOver() || !_toolCalls.Tell(call, response, expectsAnswer))
            return false;
        if (expectsAnswer)
            _watchdog.Expect(isAsked: true);
        return true;
    }

    private bool Ask(Func<LiveModelProfile, byte[]> write)
    {
        if (_isOver() || !_outbox.TryAdd(write))
            return false;
        _watchdog.Expect(isAsked: true);
        return true;
    }

    private bool Send(byte[] message) => !_isOver() && _outbox.TryAdd(message);
}
