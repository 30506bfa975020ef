using Telephony.Calls;

namespace VoiceAgent.Calls;

/// <summary>What a model is told of who calls us, where its agent says so (<c>TellCaller</c>).</summary>
internal static class CallerWords
{
    /// <summary>A few sentences. Only numbers go in: names and user parts are free text of strangers, which a model could take for an order.</summary>
    public static string Of(Call call)
    {
        var words = $"About this call, from the phone network: {Caller(call)}";
        if (call.Diversions is [var diversion, ..])
            words += IsNumber(diversion.Number) ? $" The call was sent on by {diversion.Number} ({diversion.Reason})." : $" The call was sent on by somebody else ({diversion.Reason}).";
        return words;
    }

    private static string Caller(Call call)
    {
        if (!IsNumber(call.CallerNumber))
            return call.Caller.IsWithheld ? "the caller withholds their number." : "the caller's number is not known.";
        return $"the caller's number is {call.CallerNumber}" + (call.IsCallerVerified ? "." : "; nobody vouches for it, so it proves nothing.");
    }

    private static bool IsNumber(string? text) => text is { Length: > 0 and <= 24 } && text.All(c => char.IsAsciiDigit(c) || c is '+' or '*' or '#');
}
