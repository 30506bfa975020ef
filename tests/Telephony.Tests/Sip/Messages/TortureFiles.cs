namespace Telephony.Tests.Sip.Messages;

/// <summary>One line of <c>expected.tsv</c>: what a user agent should do with a message of RFC 4475.</summary>
/// <param name="Name">File name without ending.</param>
/// <param name="Kind"><c>req</c>: to be understood; <c>bad</c>: wrong; <c>rsp</c>: a stray response, to be dropped.</param>
/// <param name="Want">Answers wanted.</param>
/// <param name="Tolerate">Answers that will do.</param>
/// <param name="MayBeSilent">Whether no answer will do.</param>
public sealed record TortureCase(string Name, string Kind, string Want, string Tolerate, bool MayBeSilent)
{
    /// <summary>Status codes and words of both columns.</summary>
    public string[] Accepted => [.. Want.Split(','), .. Tolerate.Split(',')];
}

/// <summary>The messages of RFC 4475 as they lie beside the tests.</summary>
public static class TortureFiles
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Sip", "Torture");

    /// <summary>Names of all message files.</summary>
    public static string[] Names => [.. Directory.GetFiles(Folder, "*.dat").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    /// <summary>All lines of <c>expected.tsv</c>.</summary>
    public static TortureCase[] Cases =>
        [.. File.ReadAllLines(Path.Combine(Folder, "expected.tsv")).Where(line => !line.StartsWith('#')).Select(ParseCase)];

    /// <summary>The exact bytes of a message.</summary>
    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".dat"));

    private static TortureCase ParseCase(string line)
    {
        var cells = line.Split('\t');
        return new TortureCase(cells[0], cells[1], cells[2], cells[3], cells[4] == "yes");
    }
}
