using System.Diagnostics.CodeAnalysis;

namespace Simulation.Live.Connections;

/// <summary>The two services that speak the protocol.</summary>
internal enum LiveBackend
{
    /// <summary>Gemini Developer API: API key or ephemeral token.</summary>
    DeveloperApi,

    /// <summary>Vertex AI: OAuth.</summary>
    Vertex,
}

/// <summary>What the path of a connection says: service, version, and whether an ephemeral token constrains it.</summary>
/// <param name="Backend">The service.</param>
/// <param name="ApiVersion"><c>v1beta</c>, <c>v1alpha</c> or <c>v1</c>; on Vertex <c>v1beta1</c> or <c>v1</c>.</param>
/// <param name="IsConstrained">Whether the method is that for ephemeral tokens.</param>
internal sealed record LiveRoute(LiveBackend Backend, string ApiVersion, bool IsConstrained)
{
    private const string DeveloperStart = "/ws/google.ai.generativelanguage.";
    private const string DeveloperEnd = ".GenerativeService.BidiGenerateContent";
    private const string VertexStart = "/ws/google.cloud.aiplatform.";
    private const string VertexEnd = ".LlmBidiService/BidiGenerateContent";

    /// <summary>The route most clients take.</summary>
    public static LiveRoute Default { get; } = new(LiveBackend.DeveloperApi, "v1beta", IsConstrained: false);

    private static readonly Dictionary<string, LiveRoute> Routes = new LiveRoute[]
    {
        Default,
        Default with { ApiVersion = "v1alpha" },
        Default with { ApiVersion = "v1" },
        new(LiveBackend.DeveloperApi, "v1alpha", IsConstrained: true),
        new(LiveBackend.Vertex, "v1beta1", IsConstrained: false),
        new(LiveBackend.Vertex, "v1", IsConstrained: false),
    }.ToDictionary(route => route.Path, StringComparer.Ordinal);

    /// <summary>The path that means this route.</summary>
    public string Path => Backend == LiveBackend.Vertex
        ? $"{VertexStart}{ApiVersion}{VertexEnd}"
        : $"{DeveloperStart}{ApiVersion}{DeveloperEnd}{(IsConstrained ? "Constrained" : "")}";

    /// <summary>The route of a path. The JavaScript SDK 3 asks for v1, and for //ws when it is given a base URL.</summary>
    public static bool TryRead(string path, [NotNullWhen(true)] out LiveRoute? route) => Routes.TryGetValue("/" + path.TrimStart('/'), out route);
}
