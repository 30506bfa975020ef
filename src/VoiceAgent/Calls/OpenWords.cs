using System.Text;
using GeminiLive;
using VoiceAgent.Records;

namespace VoiceAgent.Calls;

/// <summary>Keeps what is being said and is no turn of the transcript yet, so that a crash does not take it: fragments -> the record's open words.</summary>
/// <remarks>Owned by the call's loop.</remarks>
internal sealed class OpenWords(CallRecord record, RecordPrivacy privacy)
{
    // A model that never ends its turn must not grow each snapshot of the call without end.
    private const int MaxCharacters = 4_000;

    private readonly StringBuilder _caller = new();
    private readonly StringBuilder _agent = new();

    /// <summary>Adds a fragment; fragments carry their own blanks.</summary>
    public void Add(LiveSpeaker speaker, string words)
    {
        var open = Of(speaker);
        if (open.Length + words.Length <= MaxCharacters)
            Show(speaker, open.Append(words).ToString());
    }

    /// <summary>The turn is over: the transcript has it.</summary>
    public void Close(LiveSpeaker speaker)
    {
        Of(speaker).Clear();
        Show(speaker, "");
    }

    private StringBuilder Of(LiveSpeaker speaker) => speaker == LiveSpeaker.Agent ? _agent : _caller;

    private void Show(LiveSpeaker speaker, string words)
    {
        var shown = words.Length > 0 ? privacy.OpenText(words) : null;
        if (speaker == LiveSpeaker.Agent)
            record.OpenAgentWords = shown;
        else
            record.OpenCallerWords = shown;
    }
}
