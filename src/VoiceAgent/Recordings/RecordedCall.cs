using System.Globalization;
using GeminiLive;
using Tools;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.PhoneTools;
using VoiceAgent.Records;

namespace VoiceAgent.Recordings;

/// <summary>When a call is recorded and when not: its signals -> <see cref="CallRecording"/>, and the call's record.</summary>
/// <remarks>Owned by the call's loop.</remarks>
/// <param name="options">What its agent wants.</param>
/// <param name="bridge">The call's sound and Live session.</param>
/// <param name="journal">The call's record.</param>
/// <param name="recorder">Records; null where nothing can be recorded.</param>
internal sealed class RecordedCall(AgentRecordingOptions options, CallBridge bridge, CallJournal journal, Recorder? recorder)
{
    private const string Caller = "the caller";

    private CallRecording? _recording;
    private string _pressed = "";
    private bool _isOver;
    private bool _isAnnouncing;
    private string? _pauseWantedBy;
    private int _formerTurn;   // the last of which the party now on the line has not heard all

    /// <summary>Whether the call is recorded, sooner or later.</summary>
    public bool IsOn { get; } = recorder is not null && options.Enabled;

    private bool Announces => options.Announcement.Length > 0;

    /// <summary>Takes what a signal tells.</summary>
    public void Note(object? detail)
    {
        if (!IsOn || _isOver)
            return;
        switch (detail)
        {
            case LineEvent.Answered when options.Start == RecordingStart.WithCall:
                Begin();
                break;
            case LineEvent.Answered:
                _isAnnouncing = true;
                break;
            case LineEvent.HandedOver when Announces:
                TellNewParty();
                break;
            case LiveTurnRecord { Speaker: LiveSpeaker.Agent, PlayedMs: > 0 } turn when _isAnnouncing && turn.Turn > _formerTurn:
                Announced(turn);
                break;
            case DigitPressed pressed:
                Pressed(pressed.Digit);
                break;
            case RecordingRequest request:
                request.Conclude(Ask(request.IsPause));
                break;
        }
    }

    /// <summary>The call is over.</summary>
    public void End()
    {
        _isOver = true;
        if (_recording is null)
            return;
        var wasLongest = _recording.IsOver;
        _recording.End();
        Tell(entry => string.Create(CultureInfo.InvariantCulture, $"recorded {entry.Seconds:F0} s{(wasLongest ? ", the longest that is kept (Recordings:MaxLength)" : "")}{(entry.LostSeconds > 0 ? $", {entry.LostSeconds:F1} s of them lost" : "")}"));
    }

    private void Begin()
    {
        _recording = recorder!.Start(RecordCursor.KeyOf(journal.Record), bridge.Sound);
        Tell(_ => "recording begins");
        if (_pauseWantedBy is { } by)
            Switch(isPause: true, by);
    }

    // Who has not heard the announcement is not recorded: it is said again where the caller cut it off.
    private void Announced(LiveTurnRecord turn)
    {
        if (turn.WasCut)
        {
            AskForAnnouncement();
            return;
        }
        _isAnnouncing = false;
        if (_recording is null)
            Begin();
        else if (_pauseWantedBy is null)
            Switch(isPause: false, "");
    }

    private void TellNewParty()
    {
        _pauseWantedBy = null;
        _formerTurn = bridge.Turn;
        AskForAnnouncement();
        if (options.Start != RecordingStart.AfterAnnouncement)
            return;
        _isAnnouncing = true;
        Switch(isPause: true, "another party on the line");
    }

    private void AskForAnnouncement() => bridge.Live.SendText(options.AnnouncementWish, expectsAnswer: false);

    private void Pressed(char digit)
    {
        _pressed = (_pressed + digit)[Math.Max(0, _pressed.Length + 1 - AgentRecordingOptions.MaxKeys)..];
        if (IsPressed(options.PauseKeys))
            Wish(isPause: true, Caller);
        else if (IsPressed(options.ResumeKeys))
            Wish(isPause: false, Caller);
    }

    private bool IsPressed(string keys)
    {
        if (keys.Length == 0 || !_pressed.EndsWith(keys, StringComparison.Ordinal))
            return false;
        _pressed = "";
        return true;
    }

    private ToolResult Ask(bool isPause)
    {
        if (!isPause && _pauseWantedBy == Caller)
            return PhoneWords.CallerPausedRecording;
        return Wish(isPause, "the agent") ? PhoneWords.RecordingIs(isPause) : PhoneWords.RecordingWas(isPause);
    }

    // While the announcement is still to be heard nothing is recorded: a wish counts from then on. What the caller has paused stays theirs.
    private bool Wish(bool isPause, string by)
    {
        if (!isPause || _pauseWantedBy != Caller)
            _pauseWantedBy = isPause ? by : null;
        return _isAnnouncing ? isPause : Switch(isPause, by);
    }

    private bool Switch(bool isPause, string by)
    {
        if (_recording is null || !(isPause ? _recording.Pause(by) : _recording.Resume()))
            return false;
        Tell(_ => isPause ? $"recording paused by {by}" : "recording goes on");
        return true;
    }

    private void Tell(Func<RecordingEntry, string> line)
    {
        var entry = _recording!.Entry(0);
        journal.Recording(entry, line(entry));
    }
}
