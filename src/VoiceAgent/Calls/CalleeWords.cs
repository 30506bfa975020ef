using System.Text;
using Telephony.Calls;

namespace VoiceAgent.Calls;

/// <summary>What a model is told of a call that it makes: whom it has called, and the data that came with the order to call.</summary>
internal static class CalleeWords
{
    /// <summary>A few sentences and a line for each piece of data, whose words are those of whoever may have calls made.</summary>
    public static string Of(Call call, IReadOnlyDictionary<string, string> metadata)
    {
        var words = new StringBuilder($"About this call: it is you who makes it. You called {call.DialledNumber}; whoever answers did not expect you, and may be somebody else or an answering machine. If it is a machine, you are told when its beep has been heard: a message is left after that, not before.");
        if (metadata.Count > 0)
            words.Append(' ').Append(Data(metadata));
        return words.ToString();
    }

    /// <summary>A line for each piece of data alone.</summary>
    public static string Data(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Aggregate(new StringBuilder("What you know for this call:"), (words, entry) => words.Append('\n').Append(entry.Key).Append(": ").Append(entry.Value)).ToString();
}
