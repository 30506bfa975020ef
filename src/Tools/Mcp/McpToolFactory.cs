using Microsoft.Extensions.Configuration;
using Tools.Catalog;
using Tools.Http;
using Tools.Templates;

namespace Tools.Mcp;

/// <summary>Makes tools of the MCP servers that are named in <c>Tools:Mcp</c>.</summary>
public sealed class McpToolFactory(TimeProvider time, ILoggerFactory loggers) : IToolSourceFactory
{
    /// <summary>Key below section <c>Tools</c>.</summary>
    public const string Section = "Mcp";

    private readonly ILogger _logger = loggers.CreateLogger<McpToolFactory>();

    /// <inheritdoc/>
    public IReadOnlyList<IToolSource> Create(IConfiguration tools)
    {
        var lines = new List<string>();
        var sources = tools.GetSection(Section).GetChildren().Select(section => Read(section, new SettingsFaults(section.Path, lines))).ToList();
        return lines.Count > 0 ? throw new ToolSourceException(string.Join('\n', lines)) : [.. sources.OfType<IToolSource>()];
    }

    private McpToolSource? Read(IConfigurationSection section, SettingsFaults faults)
    {
        if (faults.Bind<McpSourceOptions>(section) is not { } options)
            return null;
        Check(options, faults);
        var address = new McpServerAddress(options, faults);
        faults.Check(!address.Templates.Any(template => template.Arguments.Any()), "", "arguments of a call, such as {number}, have no place here; write {{ for a brace");
        return faults.HasAny ? null : new McpToolSource(section.Key, options, address, time, _logger);
    }

    private static void Check(McpSourceOptions options, SettingsFaults faults)
    {
        faults.Check(options.Command.Length > 0 != options.Url.Length > 0, "", "set either Command, for a program, or Url, for a server over HTTP");
        if (options.Command.Length > 0)
            faults.Check(IsThere(options), nameof(options.Command), $"'{options.Command}' is not found; install the program, or write its whole path");
        faults.Check(options.WorkingDirectory.Length == 0 || Directory.Exists(options.WorkingDirectory), nameof(options.WorkingDirectory), $"'{options.WorkingDirectory}' is no folder");
        if (options.Url.Length > 0)
            CheckUrl(options.Url, faults);
        foreach (var (name, value) in options.Headers)
            faults.Check(RequestTemplate.IsHeaderValue(value), $"{nameof(options.Headers)}:{name}", "a header takes printable ASCII only");
        CheckTime(nameof(options.StartTimeout), options.StartTimeout, faults);
        CheckTime(nameof(options.Timeout), options.Timeout, faults);
        faults.Check(options.Prefix.All(character => char.IsAsciiLetterOrDigit(character) || character == '_'), nameof(options.Prefix),
            $"'{options.Prefix}' may have letters, digits and underscores only");
    }

    private static void CheckUrl(string text, SettingsFaults faults)
    {
        var isUrl = Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);
        faults.Check(isUrl && url!.UserInfo.Length == 0, nameof(McpSourceOptions.Url), $"'{text}' is no address; use https://HOST/PATH, and Headers for credentials");
    }

    private static void CheckTime(string key, TimeSpan value, SettingsFaults faults) =>
        faults.Check(value > TimeSpan.Zero && value <= TimeSpan.FromMinutes(10), key, $"'{value}' is not between zero and ten minutes");

    private static bool IsThere(McpSourceOptions options) => options.Command.Contains(Path.DirectorySeparatorChar)
        ? File.Exists(Path.Combine(options.WorkingDirectory, options.Command))
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, options.Command)) || File.Exists(Path.Combine(folder, options.Command + ".exe")));
}
