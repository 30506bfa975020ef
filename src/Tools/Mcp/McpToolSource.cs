using System.IO.Enumeration;
using System.Text.RegularExpressions;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using Tools.Http;

namespace Tools.Mcp;

/// <summary>The tools of one MCP server, <c>Tools:Mcp:NAME</c>; its program runs from the first load until the source is closed.</summary>
/// <remarks>Any thread.</remarks>
internal sealed partial class McpToolSource : IToolSource
{
    private const int MaxTools = 256;
    private const int MaxProblemCharacters = 300;
    private const int MaxSchemaCharacters = 64 * 1024;

    private readonly McpSourceOptions _options;
    private volatile bool _isAsked;

    public McpToolSource(string name, McpSourceOptions options, McpServerAddress address, TimeProvider time, ILogger logger)
    {
        (Name, _options, Address, Time, Logger) = (name, options, address, time, logger);
        Title = options.Title.Length > 0 ? options.Title : $"The service '{name}'";
        Link = new McpLink(name, OpenAsync, Opened, Words, time, logger);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsForeign => !_options.Required;

    /// <summary>What the agent calls it, as the beginning of a sentence.</summary>
    public string Title { get; }

    /// <inheritdoc/>
    public Action? Changed { get; set; }

    /// <summary>The server.</summary>
    public McpServerAddress Address { get; }

    /// <summary>The session.</summary>
    public McpLink Link { get; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Log.</summary>
    public ILogger Logger { get; }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Tool>> LoadAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_options.StartTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            var connection = await Link.SessionAsync(isPatient: false, either.Token);
            return Tools(await connection.Client.ListToolsAsync((RequestOptions?)null, either.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Absent($"no answer within {_options.StartTimeout.TotalSeconds} s");
        }
        catch (Exception broken) when (broken is ToolSourceException or IOException or HttpRequestException or McpException)
        {
            throw Absent(Words(broken));
        }
        finally
        {
            _isAsked = true;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Link.DisposeAsync();

    /// <summary>What went wrong, fit for a log: servers put into an error whatever they were sent.</summary>
    public string Words(Exception failure)
    {
        var text = failure is OperationCanceledException or TimeoutException ? "no answer in time" : ResultFields.Hide(failure.GetBaseException().Message, Address.Secrets());
        return text.Length <= MaxProblemCharacters ? text : string.Concat(text.AsSpan(0, MaxProblemCharacters), "...");
    }

    private ToolSourceException Absent(string problem) => new(
        $"Tools:Mcp:{Name}: {(_options.Url.Length > 0 ? $"Url '{_options.Url}'" : $"Command '{_options.Command}'")} gives no tools: {problem.TrimEnd('.')}; "
        + "start the server, correct the key, or leave the source out.") { MayPass = !_options.Required };

    private async Task<McpConnection> OpenAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_options.StartTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        return await McpConnection.OpenAsync(Address, new McpErrorLines(Name, Address.Secrets(), Time, Logger), _options.StartTimeout, () => Changed?.Invoke(), Time, either.Token);
    }

    private void Opened(McpConnection connection)
    {
        var server = connection.Client.ServerInfo;
        Logger.Connected(Name, server?.Name ?? "a server", server?.Version ?? "", connection.Client.NegotiatedProtocolVersion ?? "");
        if (_isAsked)
            Changed?.Invoke();   // it may have come back as another version
    }

    private List<Tool> Tools(IEnumerable<McpClientTool> listed)
    {
        var tools = new Dictionary<string, Tool>(StringComparer.OrdinalIgnoreCase);
        foreach (var tool in listed.Select(listed => listed.ProtocolTool).Where(IsWanted))
        {
            var name = _options.Prefix + Illegal().Replace(tool.Name, "_");
            var reason = tools.Count == MaxTools ? $"there are more than {MaxTools}; use Include"
                : tools.ContainsKey(name) ? $"another one has the name '{name}' too"
                : tool.InputSchema.GetRawText().Length > MaxSchemaCharacters ? $"its schema is larger than {MaxSchemaCharacters / 1024} KB"
                : null;
            if (reason is null)
                tools.Add(name, Made(tool, name));
            else
                Logger.ToolLeftOut(Name, tool.Name, reason);
        }
        return [.. tools.Values];
    }

    private bool IsWanted(ModelContextProtocol.Protocol.Tool tool) =>
        (_options.Include.Count == 0 || Matches(_options.Include, tool.Name)) && !Matches(_options.Exclude, tool.Name);

    private static bool Matches(IReadOnlyList<string> patterns, string name) =>
        patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true));

    // Hints are what the server says of itself; Tools:Policies knows better.
    private Tool Made(ModelContextProtocol.Protocol.Tool tool, string name)
    {
        var hints = tool.Annotations;
        var isIdempotent = hints?.ReadOnlyHint == true || hints?.IdempotentHint == true;
        var policy = new ToolPolicy { Idempotent = isIdempotent, Timeout = _options.Timeout, Confirm = hints is { DestructiveHint: true, ReadOnlyHint: not true } };
        return new Tool(new McpTool(this, tool, name, isIdempotent), policy) { Source = Name };
    }

    [GeneratedRegex("[^A-Za-z0-9_]", RegexOptions.None, 1000)]
    private static partial Regex Illegal();
}
