using System.Security.Cryptography;
using System.Text;

namespace VoiceAgent.Webhooks;

/// <summary>Signs what is posted, so that a receiver knows who sent it and when: HMAC-SHA256 of id, time and body, in the headers of Standard Webhooks.</summary>
internal static class WebhookSignature
{
    /// <summary>The event's id, the same at each try.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>When this try was made, in seconds since 1970.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary><c>v1,</c> and the signature in base64.</summary>
    public const string SignatureHeader = "webhook-signature";

    private const string Base64Prefix = "whsec_";

    /// <summary>Whether a secret can be read.</summary>
    public static bool IsUsable(string secret) =>
        !secret.StartsWith(Base64Prefix, StringComparison.Ordinal) || Convert.TryFromBase64String(secret[Base64Prefix.Length..], new byte[secret.Length], out _);

    /// <summary>The signature's header.</summary>
    /// <param name="secret">As configured.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="timestamp">Seconds since 1970, as in its header.</param>
    /// <param name="body">The very bytes that are sent.</param>
    public static string Of(string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Key(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return $"v1,{Convert.ToBase64String(hmac.GetHashAndReset())}";
    }

    private static byte[] Key(string secret) =>
        secret.StartsWith(Base64Prefix, StringComparison.Ordinal) ? Convert.FromBase64String(secret[Base64Prefix.Length..]) : Encoding.UTF8.GetBytes(secret);
}
