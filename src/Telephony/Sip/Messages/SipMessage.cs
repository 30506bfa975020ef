using System.Diagnostics.CodeAnalysis;

namespace Telephony.Sip.Messages;

/// <summary>What requests and responses share: header lines, typed views of the mandatory ones, and a body.</summary>
/// <remarks>
/// A view is read from its header line on first use and kept while the line stays; setting it writes the line. In a message that
/// <see cref="SipParser"/> accepted every view but <see cref="ContentType"/> is there. Not thread-safe: handed from owner to owner.
/// </remarks>
public abstract class SipMessage
{
    private View<Via> _topVia;
    private View<NameAddress> _from;
    private View<NameAddress> _to;
    private View<NameAddress> _contact;
    private View<object> _cseq;

    private protected SipMessage()
    {
    }

    private delegate bool ValueParser<T>(ReadOnlySpan<char> value, [NotNullWhen(true)] out T? parsed);

    /// <summary>All header lines in order.</summary>
    public SipHeaders Headers { get; } = new();

    /// <summary>The body; <see cref="SipWriter"/> derives Content-Length from it.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>The hop that sent this request, or the way on for this response. Setting it leaves the Vias below alone.</summary>
    /// <exception cref="InvalidOperationException">There is none: the message was built without it.</exception>
    public Via TopVia
    {
        get => FindTopVia() ?? throw Missing(HeaderNames.Via);
        set => Headers.SetFirst(HeaderNames.Via, ReplaceFirstElement(Headers.GetFirst(HeaderNames.Via), value.ToString()));
    }

    /// <summary>All Vias, topmost first; those that cannot be read are left out.</summary>
    public IReadOnlyList<Via> Vias
    {
        get
        {
            var vias = new List<Via>();
            foreach (var value in Headers.GetValues(HeaderNames.Via))
            {
                if (Via.TryParse(value, out var via))
                    vias.Add(via);
            }
            return vias;
        }
    }

    /// <summary>The Call-ID header; empty when there is none.</summary>
    public string CallId
    {
        get => Headers.GetFirst(HeaderNames.CallId) ?? "";
        set => Headers.Set(HeaderNames.CallId, value);
    }

    /// <summary>Sequence number and method.</summary>
    /// <exception cref="InvalidOperationException">There is none: the message was built without it.</exception>
    public CSeq CSeq
    {
        get => FindCSeq() ?? throw Missing(HeaderNames.CSeq);
        set => Headers.Set(HeaderNames.CSeq, value.ToString());
    }

    /// <summary>The sender of the request.</summary>
    /// <exception cref="InvalidOperationException">There is none: the message was built without it.</exception>
    public NameAddress From
    {
        get => FindFrom() ?? throw Missing(HeaderNames.From);
        set => Headers.Set(HeaderNames.From, value.ToString());
    }

    /// <summary>The receiver of the request.</summary>
    /// <exception cref="InvalidOperationException">There is none: the message was built without it.</exception>
    public NameAddress To
    {
        get => FindTo() ?? throw Missing(HeaderNames.To);
        set => Headers.Set(HeaderNames.To, value.ToString());
    }

    /// <summary>The first Contact; null when there is none or it is <c>*</c>.</summary>
    public NameAddress? Contact
    {
        get => Read(ref _contact, HeaderNames.Contact, isList: true, NameAddress.TryParse);
        set
        {
            if (value is null)
                Headers.Remove(HeaderNames.Contact);
            else
                Headers.Set(HeaderNames.Contact, value.ToString());
        }
    }

    /// <summary>Type of the body with its parameters, as spelled; null when there is none.</summary>
    public string? ContentType
    {
        get => Headers.GetFirst(HeaderNames.ContentType);
        set
        {
            if (value is null)
                Headers.Remove(HeaderNames.ContentType);
            else
                Headers.Set(HeaderNames.ContentType, value);
        }
    }

    internal Via? FindTopVia() => Read(ref _topVia, HeaderNames.Via, isList: true, Via.TryParse);

    internal NameAddress? FindFrom() => Read(ref _from, HeaderNames.From, isList: false, NameAddress.TryParse);

    internal NameAddress? FindTo() => Read(ref _to, HeaderNames.To, isList: false, NameAddress.TryParse);

    internal CSeq? FindCSeq() => (CSeq?)Read(ref _cseq, HeaderNames.CSeq, isList: false, ParseBoxedCSeq);

    private static bool ParseBoxedCSeq(ReadOnlySpan<char> value, [NotNullWhen(true)] out object? parsed)
    {
        parsed = CSeq.TryParse(value, out var cseq) ? cseq : null;
        return parsed is not null;
    }

    private static string ReplaceFirstElement(string? line, string first)
    {
        ReadOnlySpan<char> rest = line;
        SipText.NextListElement(ref rest);
        return rest.IsEmpty ? first : $"{first},{rest}";
    }

    private static InvalidOperationException Missing(string name) => new($"The message has no {name} that can be read.");

    private T? Read<T>(ref View<T> view, string name, bool isList, ValueParser<T> parser)
        where T : class
    {
        var line = Headers.GetFirst(name);
        if (ReferenceEquals(line, view.Line))
            return view.Value;
        ReadOnlySpan<char> value = line;
        if (isList)
            value = SipText.NextListElement(ref value);
        view = new View<T>(line, parser(value, out var parsed) ? parsed : null);
        return view.Value;
    }

    /// <summary>A value with the header line it was read from.</summary>
    private readonly record struct View<T>(string? Line, T? Value)
        where T : class;
}
