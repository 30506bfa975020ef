using Tools.Templates;

namespace Tools.Http;

/// <summary>Reads one declared web call, and finds all that is wrong with it.</summary>
internal sealed class HttpToolReader(string source, HttpSourceOptions options, SettingsFaults sourceFaults)
{
    private const int MaxRetries = 5;

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    // They are the connection's own.
    private static readonly string[] ReservedHeaders = ["Host", "Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "Expect", "TE", "Trailer", "Proxy-Authorization"];

    private readonly IReadOnlyList<(string Name, TextTemplate Value)> _sourceHeaders = Headers(options.Headers, sourceFaults.Below(nameof(options.Headers)));

    /// <summary>What the agent calls the server, as the beginning of a sentence.</summary>
    public static string TitleOf(string source, string title) => title.Length > 0 ? title : $"The service '{source}'";

    /// <summary>The tool; null when it cannot be made.</summary>
    public HttpToolDefinition? Read(string name, HttpToolOptions tool)
    {
        var faults = sourceFaults.Below($"{nameof(options.Tools)}:{name}");
        CheckNumbers(tool, faults);
        foreach (var (parameter, settings) in tool.Parameters)
        {
            foreach (var (key, fault) in ParameterSchema.Faults(parameter, settings))
                faults.Below($"{nameof(tool.Parameters)}:{parameter}").Add(key, fault);
        }
        if (Request(tool, faults) is not { } request || sourceFaults.HasAny)
            return null;
        return new HttpToolDefinition
        {
            Source = source,
            Title = TitleOf(source, options.Title),
            Name = name,
            Description = tool.Description,
            Schema = ParameterSchema.Of(tool.Parameters),
            Defaults = ParameterSchema.Defaults(tool.Parameters),
            Request = request,
            Result = new ResultFields(tool.Result),
            IsIdempotent = tool.Idempotent ?? RequestTemplate.IsSafe(request.Method),
            Timeout = tool.Timeout,
            Retries = tool.Retries,
        };
    }

    private static void CheckNumbers(HttpToolOptions tool, SettingsFaults faults)
    {
        faults.Check(tool.Description.Length > 0, nameof(tool.Description), "it is empty; say what the tool does, since the model chooses by it");
        faults.Check(tool.Timeout > TimeSpan.Zero && tool.Timeout <= TimeSpan.FromMinutes(10), nameof(tool.Timeout), $"'{tool.Timeout}' is not between zero and ten minutes");
        faults.Check(tool.Retries is >= 0 and <= MaxRetries, nameof(tool.Retries), $"'{tool.Retries}' is not between 0 and {MaxRetries}");
        foreach (var path in tool.Result.Where(path => !ResultFields.IsPath(path)))
            faults.Add(nameof(tool.Result), $"'{path}' is no path; use status, customer.name or items[].name");
    }

    private RequestTemplate? Request(HttpToolOptions tool, SettingsFaults faults)
    {
        var isMethod = Methods.Contains(tool.Method, StringComparer.OrdinalIgnoreCase);
        faults.Check(isMethod, nameof(tool.Method), $"'{tool.Method}' is no method; use {string.Join(", ", Methods)}");
        if (Url(tool, faults) is not { } url || !isMethod)
            return null;
        var own = Headers(tool.Headers, faults.Below(nameof(tool.Headers)));
        var request = new RequestTemplate
        {
            Method = new HttpMethod(tool.Method.ToUpperInvariant()),
            Url = url,
            Query = [.. tool.Query.Select(pair => (pair.Key, faults.Template($"{nameof(tool.Query)}:{pair.Key}", pair.Value)))],
            Headers = [.. _sourceHeaders.Where(header => !own.Any(mine => mine.Name.Equals(header.Name, StringComparison.OrdinalIgnoreCase))), .. own],
            Body = Body(tool, faults),
            IdempotencyHeader = options.IdempotencyHeader,
            Hosts = new HostList(options.AllowedHosts),
        };
        CheckArguments(tool, request, faults);
        return request;
    }

    private UrlTemplate? Url(HttpToolOptions tool, SettingsFaults faults)
    {
        var text = tool.Url.StartsWith('/') && options.BaseUrl.Length > 0 ? options.BaseUrl.TrimEnd('/') + tool.Url : tool.Url;
        if (UrlTemplate.TryParse(text, out var url) is { } fault)
        {
            faults.Add(nameof(tool.Url), $"'{tool.Url}': {fault}");
            return null;
        }
        faults.CheckSecrets(nameof(tool.Url), url!.Secrets);
        if (url.FixedHost is { } host)
            faults.Check(new HostList(options.AllowedHosts).Allows(host), nameof(tool.Url), $"'{host.Authority}' is not in AllowedHosts; add it there");
        faults.Check(!url.IsPlain || options.AllowPlainHttp || options.AllowPrivateAddresses, nameof(tool.Url),
            "it is not encrypted; use https, or set AllowPlainHttp, or AllowPrivateAddresses for a server in your own network");
        return url;
    }

    private static IReadOnlyList<(string Name, TextTemplate Value)> Headers(Dictionary<string, string> headers, SettingsFaults faults)
    {
        foreach (var (name, value) in headers)
        {
            faults.Check(!ReservedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase), name, "this header is set by the connection itself; leave it out");
            faults.Check(RequestTemplate.IsHeaderValue(value), name, "a header takes printable ASCII only");
            faults.Check(name.Length > 0 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'), name, "this is no name of a header");
        }
        return [.. headers.Select(header => (header.Key, faults.Template(header.Key, header.Value)))];
    }

    private static BodyTemplate? Body(HttpToolOptions tool, SettingsFaults faults)
    {
        if (tool.Body.Length == 0)
            return null;
        faults.Check(tool.Method.ToUpperInvariant() is not ("GET" or "HEAD"), nameof(tool.Body), $"{tool.Method} has no body; use Query, or another Method");
        if (BodyTemplate.TryParse(tool.Body, out var body) is { } fault)
            faults.Add(nameof(tool.Body), fault);
        faults.CheckSecrets(nameof(tool.Body), body?.Secrets ?? []);
        return body;
    }

    private static void CheckArguments(HttpToolOptions tool, RequestTemplate request, SettingsFaults faults)
    {
        var used = request.PlacedArguments.Concat(request.Body?.Arguments ?? []).ToHashSet(StringComparer.Ordinal);
        foreach (var name in used.Where(name => !tool.Parameters.ContainsKey(name) && !CallValues.OfTheCall.Contains(name)))
            faults.Add(nameof(tool.Parameters), $"{{{name}}} is used but not declared; add it here, or use {{{string.Join("}, {", CallValues.OfTheCall)}}}");
        foreach (var name in request.Url.Arguments.Where(name => tool.Parameters.TryGetValue(name, out var parameter) && !parameter.Required && parameter.Default is null))
            faults.Add($"{nameof(tool.Parameters)}:{name}", "it stands in the address; set Required, or a Default");
        var takesAll = request.Body is null && RequestTemplate.HasBody(request.Method);
        foreach (var name in tool.Parameters.Keys.Where(name => !takesAll && !used.Contains(name)))
            faults.Add($"{nameof(tool.Parameters)}:{name}", "it is used nowhere; write its place into Url, Query, Headers or Body");
    }
}
