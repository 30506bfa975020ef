using System.Text;
using GeminiLive;
using VoiceAgent.Records;

namespace VoiceAgent.Calls;

/// <summary>Keeps what is being said and is no turn of the transcript yet, so that a crash does not take it: fragments -> the record's open lines, masked.</summary>
/// <remarks>Owned by the call's loop.</remarks>
internal sealed class OpenWords(CallRecord record, RecordPrivacy privacy)
{
    private readonly Side _caller = new(record.CallerLine);
    private readonly Side _agent = new(record.AgentLine);

    /// <summary>Adds a fragment; fragments carry their own blanks.</summary>
    public void Add(LiveSpeaker speaker, string words)
    {
        var side = Of(speaker);
        if (side.Said.Length + words.Length > OpenLine.MaxCharacters)
            return;
        side.Said.Append(words);
        side.IsPlain &= privacy.IsPlain(words);
        if (side.IsPlain)
            side.Line.Append(words, record.Transcript.Count);
        else
            side.Line.Set(privacy.OpenText(side.Said.ToString()), record.Transcript.Count);   // a number may go on from one fragment to the next
    }

    /// <summary>The turn is over: the transcript has it.</summary>
    public void Close(LiveSpeaker speaker)
    {
        var side = Of(speaker);
        side.Said.Clear();
        side.IsPlain = true;
        side.Line.Set([], record.Transcript.Count);
    }

    private Side Of(LiveSpeaker speaker) => speaker == LiveSpeaker.Agent ? _agent : _caller;

    private sealed class Side(OpenLine line)
    {
        public OpenLine Line => line;

        // As it was said: digits too.
        public StringBuilder Said { get; } = new();

        public bool IsPlain { get; set; } = true;
    }
}
