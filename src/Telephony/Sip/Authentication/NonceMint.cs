using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Telephony.Sip.Admission;

namespace Telephony.Sip.Authentication;

/// <summary>Makes nonces that carry their own age, whom they were given to, and a seal, so that none has to be remembered before it was used with the right password.</summary>
/// <remarks>The secret lives as long as the process: nonces of an earlier one are forgeries here, and their users get new ones.</remarks>
internal sealed class NonceMint(TimeProvider timeProvider)
{
    private const int SecretBytes = 32;
    private const int TimeBytes = 8;
    private const int RandomBytes = 8;
    private const int OriginAt = TimeBytes + RandomBytes;
    private const int SealBytes = 16;
    private const int NonceBytes = OriginAt + SourceId.Size + SealBytes;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>A new nonce; the random part tells two of the same instant apart, because each has a count of its own.</summary>
    /// <param name="origin">Who gets it.</param>
    public string Issue(SourceId origin)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        BinaryPrimitives.WriteInt64BigEndian(nonce, timeProvider.GetTimestamp());
        RandomNumberGenerator.Fill(nonce.Slice(TimeBytes, RandomBytes));
        origin.Write(nonce[OriginAt..^SealBytes]);
        Seal(nonce[..^SealBytes], nonce[^SealBytes..]);
        return Base64Url.EncodeToString(nonce);
    }

    /// <summary>Whether the nonce is one of ours, how old, and whose; never throws.</summary>
    /// <param name="text">What came in.</param>
    /// <param name="issued">The time provider's timestamp at which it was made.</param>
    /// <param name="origin">Whom it was given to, wherever it comes from now.</param>
    public bool TryOpen(string text, out long issued, out SourceId origin)
    {
        issued = 0;
        origin = default;
        Span<byte> nonce = stackalloc byte[NonceBytes];
        Span<byte> seal = stackalloc byte[SealBytes];
        // The length alone decides what is decoded, and only one spelling of each nonce is one: a second would have a count of its own.
        if (text.Length != Base64Url.GetEncodedLength(NonceBytes) || Base64Url.DecodeFromChars(text, nonce, out _, out _) != OperationStatus.Done
            || Base64Url.EncodeToString(nonce) != text)
            return false;
        Seal(nonce[..^SealBytes], seal);
        issued = BinaryPrimitives.ReadInt64BigEndian(nonce);
        origin = SourceId.Read(nonce[OriginAt..^SealBytes]);
        return CryptographicOperations.FixedTimeEquals(seal, nonce[^SealBytes..]);
    }

    private void Seal(ReadOnlySpan<byte> content, Span<byte> seal)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, content, hash);
        hash[..SealBytes].CopyTo(seal);
    }
}
