namespace GeminiLive;

/// <summary>Makes the whole WebSocket address out of <see cref="LiveOptions.Endpoint"/>.</summary>
internal static class LiveEndpoint
{
    /// <summary>Path of the service on the Gemini Developer API.</summary>
    public const string Path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

    /// <summary>Takes a base address or a whole one.</summary>
    /// <returns>False unless it is an absolute ws or wss address without user name and query (a key would end up in logs).</returns>
    public static bool TryResolve(string endpoint, out Uri address)
    {
        address = null!;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("ws" or "wss")
            || parsed.UserInfo.Length > 0 || parsed.Query.Length > 0)
            return false;
        address = parsed.AbsolutePath == "/" ? new Uri(parsed, Path) : parsed;
        return true;
    }
}
