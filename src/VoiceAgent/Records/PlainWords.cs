using System.Globalization;

namespace VoiceAgent.Records;

/// <summary>Times, shares and counts as people write them.</summary>
internal static class PlainWords
{
    /// <summary>A moment of a call: 2:05.3.</summary>
    public static string At(double ms) => Text($"{(int)(Math.Max(0, ms) / 60_000)}:{Math.Floor(Math.Max(0, ms) / 100) / 10 % 60:00.0}");

    /// <summary>A time: 0.35 s, 2.4 s, 3 min 12 s.</summary>
    public static string Time(double ms) => ms switch
    {
        < 995 => Text($"{ms / 1_000:0.00} s"),
        < 60_000 => Text($"{ms / 1_000:0.0} s"),
        _ => Text($"{(int)(ms / 60_000)} min {(int)(ms / 1_000 % 60)} s"),
    };

    /// <summary>Once, twice, 5 times.</summary>
    public static string Times(int count) => count switch
    {
        1 => "once",
        2 => "twice",
        _ => Text($"{count} times"),
    };

    /// <summary>Text in no language's manner.</summary>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
