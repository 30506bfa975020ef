using System.Text.RegularExpressions;
using Telephony.Sip.Identity;
using Telephony.Sip.Ladders;
using Tools.Invocation;

namespace VoiceAgent.Records;

/// <summary>Takes out of what is written down of a call what must not be: keys, numbers, and what the patterns of <c>Tools:Redaction</c> match.</summary>
/// <remarks>Any thread.</remarks>
/// <param name="redaction">The patterns; null for none.</param>
/// <param name="options">What is masked besides.</param>
internal sealed class RecordPrivacy(Redaction? redaction, RecordOptions options)
{
    private const char Mask = 'x';
    private static readonly Regex Numbers = new(@"\d(?:[-. ()]*\d)+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    private const int Shown = 3;
    private const int ShortestNumber = 5;   // an extension of four digits tells nobody's number

    /// <summary>A key that was pressed.</summary>
    public char Digit(char digit) => options.MaskDigits ? Mask : digit;

    /// <summary>What was said or noted.</summary>
    public string Text(string text) => redaction?.ApplyToText(text) ?? text;

    /// <summary>Whether <see cref="OpenText"/> takes nothing out of it, whatever stands before it and behind.</summary>
    public bool IsPlain(string words) => redaction is null or { NeedsDigits: true } && !Redaction.HasDigit(words);

    /// <summary>Words of a turn that is not over: half a card number fits no pattern yet, so that all digits are masked.</summary>
    public string OpenText(string text)
    {
        var words = Text(text);
        return !Redaction.HasDigit(words) ? words : string.Create(words.Length, words, static (masked, words) =>
        {
            for (var i = 0; i < masked.Length; i++)
                masked[i] = char.IsDigit(words[i]) ? '*' : words[i];
        });
    }

    /// <summary>A number that was called or calls; null stays null.</summary>
    public string? Number(string? number) => number is null ? null : Text(options.MaskNumbers ? Masked(number) : number);

    /// <summary>A SIP or tel URI, or a number: what stands before the host is masked like a number.</summary>
    public string Uri(string uri)
    {
        if (!options.MaskNumbers)
            return Text(uri);
        var at = uri.LastIndexOf('@');
        return Text(at < 0 ? Masked(uri) : Masked(uri[..at]) + uri[at..]);
    }

    /// <summary>Messages of a call.</summary>
    public IReadOnlyList<LadderMessage> Ladder(IReadOnlyList<LadderMessage> messages) => [.. messages.Select(message => message with { Text = Number(message.Text)! })];

    /// <summary>Somebody who sent a call on.</summary>
    public Diversion Diverter(Diversion diversion) => diversion with { Number = Number(diversion.Number) };

    private static string Masked(string text) => Numbers.Replace(text, match =>
    {
        var left = match.Value.Count(char.IsAsciiDigit);
        return left < ShortestNumber ? match.Value : string.Concat(match.Value.Select(c => char.IsAsciiDigit(c) && left-- > Shown ? Mask : c));
    });
}
