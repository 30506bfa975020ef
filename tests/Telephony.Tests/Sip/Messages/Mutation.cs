using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

/// <summary>Damages messages the way a fuzzer does, from a seed, so that a failure comes again.</summary>
/// <param name="seed">Names the whole series.</param>
internal sealed class Mutation(int seed)
{
    // What the grammar turns on, plus what has broken other stacks.
    private static readonly string[] Fragments =
    [
        "\r\n", "\n", "\r", "\r\n ", "\r\n\r\n", "\t", " ", ";", ";;", ",", "<", ">", "\"", "\\", "\\\"", ":", "@", "?", "=", "&", "%", "%00", "%4",
        "[", "]", "[::1]", "\0", "\u007f", "é", "\ufeff", "SIP/2.0", "sip:", "z9hG4bK", ";rport", ";tag=", "Via: ", "v:", "Content-Length: 1\r\n",
        "l: 99999999999\r\n", "*", "0", "-1", "2147483648", "65536", "4294967296",
    ];

    private static readonly int[] Lengths = [0, 1, 49, 64, 65, 255, 256, 257, 1_000, 8_191, 8_192, 8_193];

    private readonly Random _random = new(seed);

    /// <summary>Up to three damages to a copy of the bytes.</summary>
    public byte[] Damage(byte[] original)
    {
        var bytes = new List<byte>(original);
        for (var n = _random.Next(1, 4); n > 0; n--)
            DamageOnce(bytes);
        return [.. bytes];
    }

    /// <summary>A string made of grammar fragments and letters.</summary>
    public string Text(int maxParts)
    {
        var text = new StringBuilder();
        for (var n = _random.Next(maxParts + 1); n > 0; n--)
        {
            if (_random.Next(3) == 0)
                text.Append((char)_random.Next('a', 'z'));
            else
                text.Append(Fragments[_random.Next(Fragments.Length)]);
        }
        return text.ToString();
    }

    /// <summary>One of the choices.</summary>
    public T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>A number from 1 to the limit.</summary>
    public int UpTo(int limit) => _random.Next(1, limit + 1);

    private void DamageOnce(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = Math.Min(_random.Next(40), bytes.Count - at);
        switch (_random.Next(12))
        {
            case 0 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(_random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 3:
                bytes.InsertRange(at, Enumerable.Repeat((byte)_random.Next(256), Pick(Lengths)));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pick(Fragments)));
                break;
        }
        if (bytes.Count > SipLimits.MaxMessageBytes)
            bytes.RemoveRange(SipLimits.MaxMessageBytes, bytes.Count - SipLimits.MaxMessageBytes);
    }
}
