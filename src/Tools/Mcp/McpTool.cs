using System.Text.Json;
using ModelContextProtocol;

namespace Tools.Mcp;

/// <summary>A server's tool as a function that outlives the session it was found in.</summary>
/// <remarks>
/// Immutable; any thread. The library's own <c>McpClientTool</c> is a function too, but belongs to one session, and hands on the protocol's result instead of words.
/// </remarks>
internal sealed class McpTool(McpToolSource source, ModelContextProtocol.Protocol.Tool tool, string name, bool isIdempotent) : AIFunction, IPolicyFunction
{
    // What the library puts before a server's words.
    private const string LibraryWords = "Request failed (remote): ";
    private const int MaxDescriptionCharacters = 8_000;

    // A server that has just been started again is worth a short wait.
    private static readonly TimeSpan SessionWait = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override string Description { get; } = (tool.Description ?? tool.Title ?? "") is var text && text.Length <= MaxDescriptionCharacters ? text : text[..MaxDescriptionCharacters];

    /// <inheritdoc/>
    public override JsonElement JsonSchema => tool.InputSchema;

    /// <inheritdoc/>
    public bool RetriesItself => false;

    /// <inheritdoc/>
    public AIFunction Under(ToolPolicy policy) => new McpTool(source, tool, name, policy.Idempotent);

    /// <inheritdoc/>
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(SessionWait, source.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var connection = await source.Link.SessionAsync(isPatient: true, either.Token);
            return await CallAsync(connection, arguments, cancellationToken);
        }
        catch (Exception absent) when (absent is ToolSourceException || (absent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return ToolResult.Failed($"{source.Title} is not available.", mayRetry: true);
        }
    }

    private async Task<ToolResult> CallAsync(McpConnection connection, AIFunctionArguments arguments, CancellationToken cancellation)
    {
        var call = new McpCall(connection.Client, tool.Name, arguments);
        try
        {
            return McpAnswer.Of(source.Title, await call.RunAsync(cancellation), source.Address.Secrets());
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await call.CancelAsync(source.Time);
            return isIdempotent ? throw new OperationCanceledException(cancellation) : ToolResult.Unknown($"{source.Title} was asked to do it, but did not answer in time.");
        }
        catch (McpProtocolException refusal)
        {
            source.Logger.CallFailed(source.Name, tool.Name, refusal.ErrorCode.ToString());
            return McpAnswer.Error(source.Title, refusal.Message.Replace(LibraryWords, "", StringComparison.Ordinal), source.Address.Secrets());
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or McpException or OperationCanceledException or InvalidOperationException
            or JsonException or TimeoutException)
        {
            source.Logger.CallFailed(source.Name, tool.Name, broken.GetBaseException().GetType().Name);
            await connection.DoubtAsync(source.Words(broken), source.Time);
            return Broken(broken);
        }
    }

    private ToolResult Broken(Exception failure) =>
        failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }
            or HttpRequestException { StatusCode: not null and < System.Net.HttpStatusCode.InternalServerError }
            ? ToolResult.Failed($"{source.Title} cannot be reached.", mayRetry: true)
        : isIdempotent ? ToolResult.Failed($"{source.Title} broke the connection.", mayRetry: true)
        : ToolResult.Unknown($"{source.Title} was asked to do it, but broke the connection.");
}
