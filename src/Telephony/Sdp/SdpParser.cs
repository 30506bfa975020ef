using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace Telephony.Sdp;

/// <summary>Bytes of a body -> <see cref="SessionDescription"/>: lenient about what devices get wrong, strict about size.</summary>
/// <remarks>Never throws; work and memory are linear in the bytes, which are bounded.</remarks>
public static class SdpParser
{
    /// <summary>A larger body is refused; real ones with twenty codecs and ICE stay below 5 KB.</summary>
    public const int MaxBytes = 16_384;

    /// <summary>More media lines are refused.</summary>
    public const int MaxMediaLines = 64;

    /// <summary>More attributes at the session level or in one media line are refused.</summary>
    public const int MaxAttributes = 256;

    /// <summary>Formats of one media line that are read, the rest is left out: RTP has no more payload types.</summary>
    public const int MaxFormats = 128;

    /// <summary>Reads a session description. Lines may end in CRLF, LF or CR; unknown and unreadable lines are skipped, but for <c>m=</c>.</summary>
    /// <returns>False if the bytes do not begin with <c>v=0</c>, have an m= line that cannot be read, or break a limit.</returns>
    public static bool TryParse(ReadOnlySpan<byte> body, [NotNullWhen(true)] out SessionDescription? description)
    {
        description = null;
        if (body.Length > MaxBytes || !body.TrimStart("\r\n \t"u8).StartsWith("v=0"u8))
            return false;

        var reader = new Reader();
        while (!body.IsEmpty)
        {
            var end = body.IndexOfAny((byte)'\r', (byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            if (!reader.TryTake(line.Trim((byte)' ')))
                return false;
        }
        description = reader.Finish();
        return true;
    }

    /// <summary>Takes line after line; what comes behind an m= line belongs to it.</summary>
    private sealed class Reader
    {
        private static readonly SdpOrigin UnknownOrigin = new("-", "0", 0, "0.0.0.0");
        private readonly List<MediaDescription> _media = [];
        private readonly List<SdpAttribute> _sessionAttributes = [];
        private List<SdpAttribute> _attributes;
        private IPAddress? _sessionAddress;
        private SdpOrigin _origin = UnknownOrigin;
        private string _name = "-";

        public Reader() => _attributes = _sessionAttributes;

        public bool TryTake(ReadOnlySpan<byte> line)
        {
            if (line.Length < 2 || line[1] != '=')
                return true;
            var value = Encoding.UTF8.GetString(line[2..]).AsSpan();
            return (char)line[0] switch
            {
                'm' => TryTakeMedia(value),
                'a' => TryTakeAttribute(value),
                'c' => TakeConnection(value),
                'o' => TakeOrigin(value),
                's' => TakeName(value),
                _ => true,
            };
        }

        public SessionDescription Finish() => new()
        {
            Origin = _origin,
            Name = _name,
            ConnectionAddress = _sessionAddress,
            Attributes = _sessionAttributes,
            Media = _media,
        };

        // m=audio 49170/2 RTP/AVP 0 8 101
        private bool TryTakeMedia(ReadOnlySpan<char> value)
        {
            var fields = value.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (_media.Count == MaxMediaLines || fields.Length < 3)
                return false;
            var port = fields[1].AsSpan();
            var slash = port.IndexOf('/');
            if (!ushort.TryParse(slash < 0 ? port : port[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return false;
            _attributes = [];
            _media.Add(new MediaDescription { Type = fields[0], Port = number, Protocol = fields[2], Formats = [.. fields.Skip(3).Take(MaxFormats)], Attributes = _attributes });
            return true;
        }

        private bool TryTakeAttribute(ReadOnlySpan<char> value)
        {
            if (_attributes.Count == MaxAttributes)
                return false;
            var colon = value.IndexOf(':');
            var name = (colon < 0 ? value : value[..colon]).Trim();
            if (!name.IsEmpty)
                _attributes.Add(new SdpAttribute(name.ToString(), colon < 0 ? null : value[(colon + 1)..].ToString()));
            return true;
        }

        // c=IN IP4 224.2.36.42/127: a time to live may follow. A host name is left out: nothing here resolves names.
        private bool TakeConnection(ReadOnlySpan<char> value)
        {
            var text = value[(value.LastIndexOfAny(' ', '\t') + 1)..];
            var slash = text.IndexOf('/');
            if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
                return true;
            if (_media.Count == 0)
                _sessionAddress ??= address;
            else
                _media[^1] = _media[^1] with { ConnectionAddress = _media[^1].ConnectionAddress ?? address };
            return true;
        }

        // o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1
        private bool TakeOrigin(ReadOnlySpan<char> value)
        {
            var fields = value.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 6)
            {
                _ = ulong.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var version);
                _origin = new SdpOrigin(fields[0], fields[1], version, fields[5]);
            }
            return true;
        }

        private bool TakeName(ReadOnlySpan<char> value)
        {
            _name = value.IsWhiteSpace() ? "-" : value.ToString();
            return true;
        }
    }
}
