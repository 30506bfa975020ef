using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace VoiceAgent.WebConsole;

/// <summary>What is kept of a password: PBKDF2 with HMAC-SHA-512, written <c>pbkdf2-sha512.ROUNDS.SALT.HASH</c>.</summary>
internal static class PasswordHash
{
    /// <summary>Longest password that is looked at.</summary>
    public const int MaxPasswordCharacters = 200;

    private const string Kind = "pbkdf2-sha512";

    // OWASP's password storage cheat sheet for PBKDF2-HMAC-SHA512.
    private const int Rounds = 210_000;
    private const int MostRounds = 5_000_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    private static readonly string Nobody = Of(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SaltBytes)));

    /// <summary>Makes the hash of a password.</summary>
    public static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(CultureInfo.InvariantCulture, $"{Kind}.{Rounds}.{Base64Url.EncodeToString(salt)}.{Base64Url.EncodeToString(Derive(password, salt, Rounds))}");
    }

    /// <summary>Whether a text is such a hash, with no fewer rounds than are made here.</summary>
    public static bool IsUsable(string hash) => Read(hash) is not null;

    /// <summary>Whether it is the password; takes as long where there is no such user.</summary>
    /// <param name="password">What was typed.</param>
    /// <param name="hash">The user's; null for nobody.</param>
    public static bool Matches(string password, string? hash)
    {
        if (password.Length > MaxPasswordCharacters || Read(hash ?? Nobody) is not { } kept)
            return false;
        return CryptographicOperations.FixedTimeEquals(Derive(password, kept.Salt, kept.Rounds), kept.Hash) && hash is not null;
    }

    private static byte[] Derive(string password, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA512, HashBytes);

    private static (int Rounds, byte[] Salt, byte[] Hash)? Read(string text)
    {
        if (text.Split('.') is not [Kind, var rounds, var salt, var hash]
            || !int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < Rounds or > MostRounds
            || !Base64Url.IsValid(salt) || !Base64Url.IsValid(hash))
            return null;
        var (saltBytes, hashBytes) = (Base64Url.DecodeFromChars(salt), Base64Url.DecodeFromChars(hash));
        return saltBytes.Length >= SaltBytes && hashBytes.Length == HashBytes ? (count, saltBytes, hashBytes) : null;
    }
}
