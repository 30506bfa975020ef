namespace Simulation.Live.Connections;

/// <summary>What an upgrade request says, whichever way it came.</summary>
/// <param name="Path">Path of the address.</param>
/// <param name="Header">Value of a header; empty when it is absent.</param>
/// <param name="Query">Value of a query parameter; empty when it is absent.</param>
internal sealed record UpgradeRequest(string Path, Func<string, string> Header, Func<string, string> Query);

/// <summary>The answer to an upgrade request: a refusal with an HTTP status, or a session.</summary>
/// <param name="Refusal">Why there is no upgrade; null when there is one.</param>
/// <param name="ApiVersion"><c>v1beta</c>, <c>v1alpha</c> or <c>v1</c>.</param>
/// <param name="Close">What the service finds out only after the upgrade and says by a close frame; null when nothing is wrong.</param>
internal sealed record Admission(HttpRefusal? Refusal, string ApiVersion = "", CloseReason? Close = null);

/// <summary>Decides what the service decides before the WebSocket exists: paths, keys, and the faults of the server as a whole.</summary>
internal sealed class FrontDoor(SessionContext context, ConnectionCounters counters)
{
    public const string PathStart = "/ws/google.ai.generativelanguage.";
    public const string PathEnd = ".GenerativeService.BidiGenerateContent";

    /// <summary>Counts the request, lets the accept delay pass, and decides.</summary>
    /// <exception cref="OperationCanceledException">The client gave up meanwhile.</exception>
    public async ValueTask<Admission> AdmitAsync(UpgradeRequest request, CancellationToken cancellationToken)
    {
        var arrival = counters.Arrived();
        if (context.Faults.AcceptDelay > TimeSpan.Zero)
            await Task.Delay(context.Faults.AcceptDelay, context.TimeProvider, cancellationToken);
        var admission = context.Faults.NextRefusal() is { } status ? new Admission(HttpRefusal.Fault(status)) : Admit(request);
        counters.Decided(arrival, admission.Refusal?.Status);
        return admission;
    }

    private Admission Admit(UpgradeRequest request)
    {
        if (!TryReadApiVersion(request.Path, out var apiVersion))
            return new Admission(HttpRefusal.NotFound);
        var key = request.Header("x-goog-api-key") is { Length: > 0 } header ? header : request.Query("key");
        if (context.Options.RequireApiKey && key.Length == 0)
            return new Admission(HttpRefusal.NoKey);
        var isValid = context.Options.ApiKey is null || context.Options.ApiKey == key;
        return new Admission(Refusal: null, apiVersion, isValid ? null : CloseReason.InvalidKey);
    }

    // The JavaScript SDK 3 asks for v1, and for //ws when it is given a base URL.
    private static bool TryReadApiVersion(string path, out string apiVersion)
    {
        path = "/" + path.TrimStart('/');
        var isKnown = path.Length > PathStart.Length + PathEnd.Length
            && path.StartsWith(PathStart, StringComparison.Ordinal) && path.EndsWith(PathEnd, StringComparison.Ordinal);
        apiVersion = isKnown ? path[PathStart.Length..^PathEnd.Length] : "";
        return apiVersion is "v1beta" or "v1alpha" or "v1";
    }
}
