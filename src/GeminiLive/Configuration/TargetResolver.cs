using GeminiLive.Credentials;

namespace GeminiLive.Configuration;

/// <summary>Configuration -> <see cref="LiveTarget"/>s: the configured place first, then the fallbacks, each with what it takes over from the first.</summary>
internal static class TargetResolver
{
    /// <summary>All targets of a session.</summary>
    /// <param name="options">Section <c>Live</c>.</param>
    /// <param name="settings">What the session asks for, merged.</param>
    /// <param name="credentials">Who signs in; one per process, since it keeps tokens.</param>
    /// <exception cref="ArgumentException">An address cannot be made of the options, which their validator would have said.</exception>
    public static IReadOnlyList<LiveTarget> Resolve(LiveOptions options, LiveSessionSettings settings, CredentialStore credentials)
    {
        var profiles = new ModelProfiles(options.Profiles);
        var first = Target(LiveOptions.Section, options, settings.Model, profiles, credentials);
        return [first, .. options.Fallbacks.Select((fallback, i) =>
            Target(FallbackName(i), Place(fallback, options), Text(fallback.Model) ?? settings.Model, profiles, credentials) with { Overrides = fallback })];
    }

    /// <summary>Place of a fallback in the configuration.</summary>
    public static string FallbackName(int index) => $"{LiveOptions.Section}:{nameof(LiveOptions.Fallbacks)}:{index}";

    /// <summary>What a fallback connects to: its own words, completed from the first target where both have the same backend.</summary>
    public static LiveTargetOptions Place(LiveTargetOptions fallback, LiveTargetOptions first)
    {
        var isSame = BackendOf(fallback, first) == BackendOf(first);
        string? Below(string? value) => isSame ? value : null;
        var hasKey = Text(fallback.ApiKey) is not null;
        var hasToken = Text(fallback.EphemeralToken) is not null;
        // On Vertex a key (express mode) and a project exclude each other: who says the one does not mean the other.
        var isVertex = BackendOf(fallback, first) == LiveBackend.Vertex;
        var hasProject = isVertex && Text(fallback.Project) is not null;
        return new LiveTargetOptions
        {
            Backend = BackendOf(fallback, first).ToString(),
            ApiVersion = Text(fallback.ApiVersion) ?? Below(first.ApiVersion),
            Endpoint = Text(fallback.Endpoint) ?? Below(Text(fallback.Location) is null ? first.Endpoint : null),
            ApiKey = hasToken ? null : hasProject ? Text(fallback.ApiKey) : Text(fallback.ApiKey) ?? Below(first.ApiKey),
            EphemeralToken = hasKey ? null : Text(fallback.EphemeralToken) ?? Below(first.EphemeralToken),
            Project = Text(fallback.Project) ?? (isVertex && hasKey ? null : Below(first.Project)),
            Location = Text(fallback.Location) ?? (isVertex && hasKey ? null : Below(first.Location)),
            CredentialsFile = Text(fallback.CredentialsFile) ?? Below(first.CredentialsFile),
        };
    }

    /// <summary>Whether a fallback says anything of where to connect or with what credentials.</summary>
    public static bool NamesPlace(LiveTargetOptions fallback) =>
        new[] { fallback.Backend, fallback.ApiVersion, fallback.Endpoint, fallback.ApiKey, fallback.EphemeralToken, fallback.Project, fallback.Location, fallback.CredentialsFile }
            .Any(value => Text(value) is not null);

    /// <summary>Backend of a place; the first target's where it says none.</summary>
    public static LiveBackend BackendOf(LiveTargetOptions place, LiveTargetOptions? first = null) =>
        Enum.TryParse<LiveBackend>(Text(place.Backend) ?? first?.Backend, ignoreCase: true, out var backend) ? backend : LiveBackend.DeveloperApi;

    /// <summary>Version in the address of a place: the address's own, the configured one, or the usual one.</summary>
    public static string VersionOf(LiveTargetOptions place) =>
        LiveEndpoint.VersionIn(place.Endpoint) ?? Text(place.ApiVersion)
        ?? (BackendOf(place) == LiveBackend.Vertex ? "v1beta1" : Text(place.EphemeralToken) is null ? "v1beta" : "v1alpha");

    /// <summary>Whole address of a place.</summary>
    public static bool TryAddress(LiveTargetOptions place, out Uri? address)
    {
        var backend = BackendOf(place);
        var path = backend == LiveBackend.Vertex ? LiveEndpoint.VertexPath(VersionOf(place))
            : LiveEndpoint.DeveloperPath(VersionOf(place), withToken: Text(place.EphemeralToken) is not null);
        return LiveEndpoint.TryResolve(Text(place.Endpoint) ?? LiveEndpoint.DefaultBase(backend, place.Location), path, out address);
    }

    /// <summary>Null for a text that says nothing.</summary>
    public static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static LiveTarget Target(string name, LiveTargetOptions place, string? model, ModelProfiles profiles, CredentialStore credentials)
    {
        if (!TryAddress(place, out var address))
            throw new ArgumentException($"{name}:Endpoint is no WebSocket address.", nameof(place));
        var (backend, version, id) = (BackendOf(place), VersionOf(place), ModelCatalog.IdOf(model ?? ""));
        return new LiveTarget(name, address!, id, ResourceName(place, backend, model ?? ""), profiles.For(id, backend, version), credentials.For(place))
        {
            Backend = backend,
            ApiVersion = version,
        };
    }

    private static string ResourceName(LiveTargetOptions place, LiveBackend backend, string model)
    {
        if (backend == LiveBackend.DeveloperApi)
            return "models/" + ModelCatalog.IdOf(model);
        if (model.StartsWith("projects/", StringComparison.Ordinal))
            return model;
        var published = "publishers/google/models/" + ModelCatalog.IdOf(model);
        // Express mode knows the project by the key.
        return Text(place.Project) is { } project ? $"projects/{project}/locations/{Text(place.Location)}/{published}" : published;
    }
}
