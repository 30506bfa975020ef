using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace GeminiLive.Configuration;

/// <summary>Makes the whole WebSocket address out of what <see cref="LiveTargetOptions"/> says.</summary>
internal static partial class LiveEndpoint
{
    private const string DeveloperHost = "wss://generativelanguage.googleapis.com";

    /// <summary>Path of the service on the Developer API.</summary>
    /// <param name="apiVersion">Such as <c>v1beta</c>.</param>
    /// <param name="withToken">The method for ephemeral tokens has a name of its own.</param>
    public static string DeveloperPath(string apiVersion, bool withToken) =>
        $"/ws/google.ai.generativelanguage.{apiVersion}.GenerativeService.BidiGenerateContent{(withToken ? "Constrained" : "")}";

    /// <summary>Path of the service on Vertex, where a slash stands before the method.</summary>
    public static string VertexPath(string apiVersion) => $"/ws/google.cloud.aiplatform.{apiVersion}.LlmBidiService/BidiGenerateContent";

    /// <summary>Base address of the backend.</summary>
    /// <param name="backend">Who serves.</param>
    /// <param name="location">Region; <c>us</c> and <c>eu</c> are multi-regions with hosts of their own, and <c>global</c> or none has no prefix.</param>
    public static string DefaultBase(LiveBackend backend, string? location) => backend == LiveBackend.DeveloperApi ? DeveloperHost : location switch
    {
        null or "" or "global" => "wss://aiplatform.googleapis.com",
        "us" or "eu" => $"wss://aiplatform.{location}.rep.googleapis.com",
        _ => $"wss://{location}-aiplatform.googleapis.com",
    };

    /// <summary>Takes a base address or a whole one.</summary>
    /// <returns>False unless it is an absolute ws or wss address without user name and query (a key would end up in logs).</returns>
    public static bool TryResolve(string? endpoint, string path, [NotNullWhen(true)] out Uri? address)
    {
        address = null;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("ws" or "wss")
            || parsed.UserInfo.Length > 0 || parsed.Query.Length > 0)
            return false;
        address = parsed.AbsolutePath == "/" ? new Uri(parsed, path) : parsed;
        return true;
    }

    /// <summary>Version that a whole address carries in its path; null when it carries none.</summary>
    public static string? VersionIn(string? endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var parsed) && Version().Match(parsed.AbsolutePath) is { Success: true } match ? match.Groups["version"].Value : null;

    [GeneratedRegex(@"\.(?<version>v[0-9]+[a-z0-9]*)\.", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
