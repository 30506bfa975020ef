namespace GeminiLive.Wire;

/// <summary>Close codes that this client sends (RFC 6455 section 7.4), and which ones a server may send.</summary>
internal static class WebSocketCode
{
    public const int Normal = 1000;
    public const int ProtocolError = 1002;
    public const int InvalidPayload = 1007;
    public const int PolicyViolation = 1008;
    public const int MessageTooBig = 1009;

    /// <summary>Whether a close frame may hold it: 1004 to 1006 and 1015 stand for what no frame says; 1012 to 1014 are later entries of the registry.</summary>
    public static bool IsLegal(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
