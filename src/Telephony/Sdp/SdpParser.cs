using System.Buffers;
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

        var characters = ArrayPool<char>.Shared.Rent(body.Length);   // UTF-8 never has more characters than bytes
        try
        {
            return TryRead(characters.AsSpan(0, Encoding.UTF8.GetChars(body, characters)), out description);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    private static bool TryRead(ReadOnlySpan<char> text, [NotNullWhen(true)] out SessionDescription? description)
    {
        description = null;
        var reader = new Reader();
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny('\r', '\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (!reader.TryTake(line.Trim(' ')))
                return false;
        }
        description = reader.Finish();
        return true;
    }

    /// <summary>Takes line after line; what comes behind an m= line belongs to it.</summary>
    private sealed class Reader
    {
        private static readonly SdpOrigin UnknownOrigin = new("-", "0", 0, "0.0.0.0");

        // The words of nearly all lines, so that they need no string of their own.
        private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> KnownWords = new HashSet<string>(StringComparer.Ordinal)
        {
            "rtpmap", "fmtp", "ptime", "maxptime", "rtcp", "rtcp-mux", "rtcp-fb", "sendrecv", "sendonly", "recvonly", "inactive", "ssrc", "mid",
            "candidate", "crypto", "fingerprint", "setup", "extmap", "msid", "ice-ufrag", "ice-pwd", "silenceSupp",
            "audio", "video", "RTP/AVP", "RTP/SAVP", "RTP/AVPF", "UDP/TLS/RTP/SAVPF", "0", "3", "4", "8", "9", "13", "18", "96", "97", "98", "99", "100", "101",
        }.GetAlternateLookup<ReadOnlySpan<char>>();

        private readonly List<MediaDescription> _media = [];
        private readonly List<SdpAttribute> _sessionAttributes = [];
        private List<SdpAttribute> _attributes;
        private IPAddress? _sessionAddress;
        private SdpOrigin _origin = UnknownOrigin;
        private string _name = "-";

        public Reader() => _attributes = _sessionAttributes;

        public bool TryTake(ReadOnlySpan<char> line)
        {
            if (line.Length < 2 || line[1] != '=')
                return true;
            var value = line[2..];
            return line[0] switch
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
            var type = NextField(ref value);
            var port = NextField(ref value);
            var protocol = NextField(ref value);
            var slash = port.IndexOf('/');
            if (_media.Count == MaxMediaLines || protocol.IsEmpty
                || !ushort.TryParse(slash < 0 ? port : port[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return false;

            var formats = new List<string>();
            for (var format = NextField(ref value); !format.IsEmpty && formats.Count < MaxFormats; format = NextField(ref value))
                formats.Add(Known(format));
            _attributes = [];
            _media.Add(new MediaDescription { Type = Known(type), Port = number, Protocol = Known(protocol), Formats = formats, Attributes = _attributes });
            return true;
        }

        private bool TryTakeAttribute(ReadOnlySpan<char> value)
        {
            if (_attributes.Count == MaxAttributes)
                return false;
            var colon = value.IndexOf(':');
            var name = (colon < 0 ? value : value[..colon]).Trim();
            if (!name.IsEmpty)
                _attributes.Add(new SdpAttribute(Known(name), colon < 0 ? null : value[(colon + 1)..].ToString()));
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
            var username = NextField(ref value);
            var sessionId = NextField(ref value);
            _ = ulong.TryParse(NextField(ref value), NumberStyles.None, CultureInfo.InvariantCulture, out var version);
            _ = NextField(ref value);   // IN
            _ = NextField(ref value);   // IP4 or IP6: the address says it too
            var address = NextField(ref value);
            if (!address.IsEmpty)
                _origin = new SdpOrigin(username.ToString(), sessionId.ToString(), version, address.ToString());
            return true;
        }

        private bool TakeName(ReadOnlySpan<char> value)
        {
            _name = value.IsWhiteSpace() ? "-" : value.ToString();
            return true;
        }

        private static string Known(ReadOnlySpan<char> word) => KnownWords.TryGetValue(word, out var known) ? known : word.ToString();

        private static ReadOnlySpan<char> NextField(ref ReadOnlySpan<char> value)
        {
            value = value.TrimStart();
            var end = value.IndexOfAny(' ', '\t');
            var field = end < 0 ? value : value[..end];
            value = value[field.Length..];
            return field;
        }
    }
}
