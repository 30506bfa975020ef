using System.Security.Cryptography;
using System.Text;

namespace VoiceAgent.Recordings;

/// <summary>The master keys: encrypt and decrypt the keys of recordings, each of which has one of its own.</summary>
/// <remarks>Any thread. Shows nothing of itself.</remarks>
internal sealed class RecordingKeys
{
    /// <summary>Length of every key, in bytes: AES-256.</summary>
    public const int KeyBytes = 32;

    /// <summary>Length of a key's name, in bytes.</summary>
    public const int IdBytes = 8;

    /// <summary>Length of a wrapped key, in bytes: nonce, ciphertext, tag.</summary>
    public const int WrappedBytes = NonceBytes + KeyBytes + TagBytes;

    /// <summary>How one comes by a key.</summary>
    public const string Remedy = "make one by: openssl rand -base64 32, and give it as the secret Recordings__Key.";

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly List<(byte[] Id, byte[] Key)> _keys;

    /// <param name="options">With a key; without one nothing can be recorded.</param>
    public RecordingKeys(RecordingOptions options)
    {
        HasKey = IsKey(options.Key);
        _keys = [.. options.OldKeys.Prepend(options.Key).Where(IsKey).Select(Convert.FromBase64String).Select(key => (IdOf(key), key))];
    }

    /// <summary>Whether there is a key that recordings can be made with; old ones are for reading.</summary>
    public bool HasKey { get; }

    /// <summary>Whether a text is a key.</summary>
    public static bool IsKey(string text)
    {
        Span<byte> key = stackalloc byte[KeyBytes + 2];
        return Convert.TryFromBase64String(text, key, out var length) && length == KeyBytes;
    }

    /// <summary>Encrypts a recording's key under the present master key.</summary>
    /// <param name="key">The recording's key.</param>
    /// <param name="binding">What it belongs to: it opens together with that only.</param>
    /// <param name="id">Takes the name of the master key: <see cref="IdBytes"/>.</param>
    /// <param name="wrapped">Takes <see cref="WrappedBytes"/>.</param>
    /// <exception cref="InvalidOperationException">There is no present one.</exception>
    public void Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> binding, Span<byte> id, Span<byte> wrapped)
    {
        if (!HasKey)
            throw new InvalidOperationException("There is no master key to encrypt with.");
        var master = _keys[0];
        master.Id.CopyTo(id);
        RandomNumberGenerator.Fill(wrapped[..NonceBytes]);
        using var aes = new AesGcm(master.Key, TagBytes);
        aes.Encrypt(wrapped[..NonceBytes], key, wrapped.Slice(NonceBytes, KeyBytes), wrapped.Slice(NonceBytes + KeyBytes, TagBytes), binding);
    }

    /// <summary>Decrypts a recording's key; false when its master key is not here, or it is not what was wrapped.</summary>
    public bool TryUnwrap(ReadOnlySpan<byte> id, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> binding, Span<byte> key)
    {
        foreach (var master in _keys)
        {
            if (!id.SequenceEqual(master.Id))
                continue;
            using var aes = new AesGcm(master.Key, TagBytes);
            try
            {
                aes.Decrypt(wrapped[..NonceBytes], wrapped.Slice(NonceBytes, KeyBytes), wrapped.Slice(NonceBytes + KeyBytes, TagBytes), key, binding);
                return true;
            }
            catch (AuthenticationTagMismatchException)
            {
                return false;
            }
        }
        return false;
    }

    /// <summary>Whether a recording's key lies under the present master key.</summary>
    public bool IsPresent(ReadOnlySpan<byte> id) => HasKey && id.SequenceEqual(_keys[0].Id);

    // Tells keys apart, and nothing about them.
    private static byte[] IdOf(byte[] key) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes("voiceagent recording key"))[..IdBytes];
}
