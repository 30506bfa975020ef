using System.Text;

namespace Simulation.Phone;

/// <summary>A SIP message as the caller received it: a start line, headers as text, a body. Tolerant, and the caller's own on purpose.</summary>
internal sealed class SipText
{
    private static readonly Dictionary<string, string> CompactForms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["v"] = "Via", ["f"] = "From", ["t"] = "To", ["i"] = "Call-ID", ["m"] = "Contact", ["l"] = "Content-Length",
        ["c"] = "Content-Type", ["k"] = "Supported", ["s"] = "Subject", ["e"] = "Content-Encoding",
    };

    private readonly List<KeyValuePair<string, string>> _headers = [];

    private SipText(string startLine, string body) => (StartLine, Body) = (startLine, body);

    /// <summary>Request line or status line.</summary>
    public string StartLine { get; }

    /// <summary>What follows the empty line.</summary>
    public string Body { get; }

    /// <summary>Status code of a response, 0 for a request.</summary>
    public int StatusCode { get; private set; }

    /// <summary>Reason phrase of a response.</summary>
    public string ReasonPhrase { get; private set; } = "";

    /// <summary>Method of a request; of a response, the one in CSeq.</summary>
    public string Method { get; private set; } = "";

    /// <summary>Number in CSeq, 0 when it cannot be read.</summary>
    public uint CSeqNumber { get; private set; }

    /// <summary>Whether it is a request.</summary>
    public bool IsRequest => StatusCode == 0;

    /// <summary>First value of a header by its long name, or an empty string.</summary>
    public string this[string name] =>
        _headers.Find(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";

    /// <summary>All lines of a header by its long name, in order.</summary>
    public IEnumerable<string> Lines(string name) =>
        _headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value);

    /// <summary>The value of a parameter in a header value, <c>tag</c> or <c>branch</c>, or an empty string.</summary>
    public static string Parameter(string headerValue, string name)
    {
        var afterUri = headerValue[(headerValue.LastIndexOf('>') + 1)..];
        foreach (var part in afterUri.Split(';').Skip(1))
        {
            var pair = part.Split('=', 2);
            if (pair[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                return pair.Length == 2 ? pair[1].Trim() : "";
        }
        return "";
    }

    /// <summary>The URI in a name-address: what stands in angle brackets, or everything before the first parameter.</summary>
    public static string Uri(string nameAddress)
    {
        var open = nameAddress.IndexOf('<');
        return open < 0 ? nameAddress.Split(';')[0].Trim() : nameAddress[(open + 1)..].Split('>')[0];
    }

    /// <summary>Reads one whole message; false for anything that is not SIP/2.0.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out SipText? message)
    {
        message = null;
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\r', '\n').Replace("\r\n", "\n", StringComparison.Ordinal);
        var bodyStart = text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = bodyStart < 0 ? text : text[..bodyStart];
        var lines = head.Replace("\n ", " ", StringComparison.Ordinal).Replace("\n\t", " ", StringComparison.Ordinal).Split('\n');

        var parsed = new SipText(lines[0], bodyStart < 0 ? "" : text[(bodyStart + 2)..]);
        foreach (var line in lines.Skip(1))
            parsed.AddHeader(line);
        if (!parsed.ReadStartLine())
            return false;
        message = parsed;
        return true;
    }

    private void AddHeader(string line)
    {
        var colon = line.IndexOf(':');
        if (colon <= 0)
            return;
        var name = line[..colon].Trim();
        _headers.Add(new(CompactForms.GetValueOrDefault(name, name), line[(colon + 1)..].Trim()));
    }

    private bool ReadStartLine()
    {
        var cseq = this["CSeq"].Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        CSeqNumber = cseq.Length == 2 && uint.TryParse(cseq[0], out var number) ? number : 0;
        Method = cseq.Length == 2 ? cseq[1] : "";

        var words = StartLine.Split(' ', 3);
        if (words.Length < 2)
            return false;
        if (words[0] != "SIP/2.0")
            return words.Length == 3 && words[2] == "SIP/2.0" && words[0] == Method;
        StatusCode = int.TryParse(words[1], out var code) && code is >= 100 and <= 699 ? code : 0;
        ReasonPhrase = words.Length == 3 ? words[2] : "";
        return StatusCode != 0;
    }
}
