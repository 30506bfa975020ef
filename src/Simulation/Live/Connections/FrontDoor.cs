using Simulation.Live.Tokens;

namespace Simulation.Live.Connections;

/// <summary>What an upgrade request says, whichever way it came.</summary>
/// <param name="Path">Path of the address.</param>
/// <param name="Header">Value of a header; empty when it is absent.</param>
/// <param name="Query">Value of a query parameter; empty when it is absent.</param>
internal sealed record UpgradeRequest(string Path, Func<string, string> Header, Func<string, string> Query);

/// <summary>The answer to an upgrade request: a refusal with an HTTP status, or a session.</summary>
/// <param name="Refusal">Why there is no upgrade; null when there is one.</param>
/// <param name="Route">What the path said.</param>
/// <param name="Close">What the service finds out only after the upgrade and says by a close frame; null when nothing is wrong.</param>
/// <param name="Token">The ephemeral token that constrains the session; null for other credentials.</param>
internal sealed record Admission(HttpRefusal? Refusal, LiveRoute Route, CloseReason? Close = null, EphemeralToken? Token = null)
{
    public static Admission Refuse(HttpRefusal refusal) => new(refusal, LiveRoute.Default);
}

/// <summary>Decides what the service decides before the WebSocket exists: paths, credentials, and the faults of the server as a whole.</summary>
internal sealed class FrontDoor(SessionContext context, ConnectionCounters counters, TokenStore tokens)
{
    private const string BearerScheme = "Bearer ";
    private const string TokenScheme = "Token ";

    /// <summary>Counts the request, lets the accept delay pass, and decides.</summary>
    /// <exception cref="OperationCanceledException">The client gave up meanwhile.</exception>
    public async ValueTask<Admission> AdmitAsync(UpgradeRequest request, CancellationToken cancellationToken)
    {
        var arrival = counters.Arrived();
        if (context.Faults.AcceptDelay > TimeSpan.Zero)
            await Task.Delay(context.Faults.AcceptDelay, context.TimeProvider, cancellationToken);
        var admission = context.Faults.NextRefusal() is { } status ? Admission.Refuse(HttpRefusal.Fault(status)) : Admit(request);
        counters.Decided(arrival, admission.Refusal?.Status);
        return admission;
    }

    /// <summary>Mints an ephemeral token.</summary>
    /// <returns>HTTP status and body.</returns>
    public (int Status, string Body) CreateToken(string json, string key)
    {
        if (context.Options.RequireApiKey && key.Length == 0)
            return (HttpRefusal.NoKey.Status, HttpRefusal.NoKey.Body);
        if (!IsValidKey(key))
            return (HttpRefusal.InvalidKey.Status, HttpRefusal.InvalidKey.Body);
        return tokens.Create(json, out var name) is { } refusal ? (refusal.Status, refusal.Body) : (200, $$"""{ "name": "{{name}}" }""");
    }

    /// <summary>The API key of a request; empty when there is none.</summary>
    public static string ReadKey(UpgradeRequest request) =>
        request.Header("x-goog-api-key") is { Length: > 0 } header ? header : request.Query("key");

    private Admission Admit(UpgradeRequest request)
    {
        if (!LiveRoute.TryRead(request.Path, out var route))
            return Admission.Refuse(HttpRefusal.NotFound);
        if (route.Backend == LiveBackend.Vertex)
            return AdmitVertex(route, request);
        return route.IsConstrained ? AdmitToken(route, request) : AdmitKey(route, ReadKey(request));
    }

    private Admission AdmitKey(LiveRoute route, string key)
    {
        if (context.Options.RequireApiKey && key.Length == 0)
            return Admission.Refuse(HttpRefusal.NoKey);
        return new Admission(Refusal: null, route, IsValidKey(key) ? null : CloseReason.InvalidKey);
    }

    private Admission AdmitVertex(LiveRoute route, UpgradeRequest request)
    {
        var bearer = ReadScheme(request, BearerScheme);
        if (bearer.Length == 0 && ReadKey(request) is { Length: > 0 } key)
            return AdmitKey(route, key);   // express mode
        var isAccepted = bearer.Length > 0 && (context.Options.BearerToken is null || context.Options.BearerToken == bearer);
        return isAccepted ? new Admission(Refusal: null, route) : Admission.Refuse(HttpRefusal.Unauthenticated);
    }

    private Admission AdmitToken(LiveRoute route, UpgradeRequest request)
    {
        var name = request.Query("access_token") is { Length: > 0 } query ? query : ReadScheme(request, TokenScheme);
        return tokens.Find(name) is { } token && !token.IsExpired
            ? new Admission(Refusal: null, route, Token: token)
            : Admission.Refuse(HttpRefusal.Unauthenticated);
    }

    // A token at the door for keys is no key.
    private bool IsValidKey(string key) => context.Options.ApiKey is { } only ? only == key : !key.StartsWith(TokenStore.NamePrefix, StringComparison.Ordinal);

    private static string ReadScheme(UpgradeRequest request, string scheme) =>
        request.Header("Authorization") is var value && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? value[scheme.Length..].Trim() : "";
}
