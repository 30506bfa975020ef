using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Tools.Mcp;

/// <summary>One call of a server's tool: its request, the news that come in meanwhile, and its withdrawal.</summary>
/// <remarks>The library's own call does not tell the server that it was cancelled, and does not show the request's id, without which nobody else can.</remarks>
internal sealed class McpCall
{
    private static readonly TimeSpan CancelLimit = TimeSpan.FromSeconds(1);

    private static long _last;

    private readonly McpClient _client;
    private readonly CallToolRequestParams _request;
    private readonly RequestId _id;
    private readonly IProgress<object>? _progress;

    /// <param name="client">The session.</param>
    /// <param name="tool">The server's name of the tool.</param>
    /// <param name="arguments">The arguments, and the context of the phone call.</param>
    public McpCall(McpClient client, string tool, AIFunctionArguments arguments)
    {
        _client = client;
        var id = $"call-{Interlocked.Increment(ref _last)}";   // the library's own are numbers
        _id = new RequestId(id);
        var context = ToolContext.Of(arguments);
        _progress = context?.Progress;
        var meta = new JsonObject { ["progressToken"] = id };
        if (context is { IdempotencyKey.Length: > 0 })
            meta["voiceagent/idempotency-key"] = context.IdempotencyKey;
        _request = new CallToolRequestParams
        {
            Name = tool,
            Arguments = arguments.ToDictionary(argument => argument.Key, argument => argument.Value as JsonElement? ?? JsonSerializer.SerializeToElement(argument.Value), StringComparer.Ordinal),
            Meta = meta,
        };
    }

    /// <summary>Sends it and waits for the result.</summary>
    public async Task<CallToolResult> RunAsync(CancellationToken cancellation)
    {
        await using var news = _client.RegisterNotificationHandler(NotificationMethods.ProgressNotification, (notification, _) =>
        {
            Tell(notification.Params);
            return ValueTask.CompletedTask;
        });
        return await _client.SendRequestAsync<CallToolRequestParams, CallToolResult>(RequestMethods.ToolsCall, _request, requestId: _id, cancellationToken: cancellation);
    }

    /// <summary>Tells the server that nobody waits any more; lost without harm.</summary>
    public async Task CancelAsync(TimeProvider time)
    {
        using var limit = new CancellationTokenSource(CancelLimit, time);
        try
        {
            var withdrawal = new CancelledNotificationParams { RequestId = _id };
            await _client.SendNotificationAsync(NotificationMethods.CancelledNotification, withdrawal, cancellationToken: limit.Token);
        }
        catch (Exception gone) when (gone is IOException or HttpRequestException or McpException or OperationCanceledException or InvalidOperationException)
        {
            // The server is not there to hear it.
        }
    }

    private void Tell(JsonNode? parameters)
    {
        if (parameters is not JsonObject news || news["progressToken"]?.ToString() != _id.ToString())
            return;
        var (done, total) = (news["progress"]?.ToString(), news["total"]?.ToString());
        var text = news["message"]?.ToString() is { Length: > 0 } message ? message : total is null ? done : $"{done} of {total}";
        if (text is not null)
            _progress?.Report(text);
    }
}
