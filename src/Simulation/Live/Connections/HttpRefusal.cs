using System.Text.Json.Nodes;

namespace Simulation.Live.Connections;

/// <summary>A request refused before the WebSocket exists, in the form of a Google API error.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Name">Google's name for it.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record HttpRefusal(int Status, string Name, string Message)
{
    public static HttpRefusal NotFound { get; } = new(404, "NOT_FOUND", "Requested entity was not found.");

    public static HttpRefusal NoKey { get; } =
        new(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers (callers without established identity).");

    public static HttpRefusal NoUpgrade { get; } = Invalid("A WebSocket upgrade is needed.");

    public static HttpRefusal InvalidKey { get; } = Invalid("API key not valid. Please pass a valid API key.");

    public static HttpRefusal Unauthenticated { get; } = new(401, "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.");

    public static HttpRefusal Invalid(string message) => new(400, "INVALID_ARGUMENT", message);

    /// <summary>The error body.</summary>
    public string Body => new JsonObject
    {
        ["error"] = new JsonObject { ["code"] = Status, ["message"] = Message, ["status"] = Name },
    }.ToJsonString();

    /// <summary>A refusal that only a fault brings.</summary>
    public static HttpRefusal Fault(int status) => status switch
    {
        400 => Invalid("Request contains an invalid argument."),
        401 => Unauthenticated,
        403 => new(status, "PERMISSION_DENIED", "The caller does not have permission."),
        404 => NotFound,
        429 => new(status, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
        500 => new(status, "INTERNAL", "Internal error encountered."),
        504 => new(status, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
        _ => new(status, "UNAVAILABLE", "The service is currently unavailable."),
    };
}
