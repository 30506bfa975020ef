using System.Net;
using Microsoft.Extensions.Configuration;
using Tools.Catalog;
using Tools.Templates;

namespace Tools.Http;

/// <summary>Makes tools of the web calls that are declared in <c>Tools:Http</c>.</summary>
/// <remarks>Lives as long as the process: what it learns of failing hosts outlasts a reload.</remarks>
public sealed class HttpToolFactory : IToolSourceFactory
{
    /// <summary>Key below section <c>Tools</c>.</summary>
    public const string Section = "Http";

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly NameResolver _resolve;
    private readonly HostBreakers _breakers;

    /// <summary>A factory.</summary>
    public HttpToolFactory(TimeProvider time, ILoggerFactory loggers)
        : this(time, loggers, Dns.GetHostAddressesAsync)
    {
    }

    internal HttpToolFactory(TimeProvider time, ILoggerFactory loggers, NameResolver resolve)
    {
        (_time, _resolve) = (time, resolve);
        _logger = loggers.CreateLogger<HttpToolFactory>();
        _breakers = new HostBreakers(time, _logger);
    }

    /// <inheritdoc/>
    public IReadOnlyList<IToolSource> Create(IConfiguration tools)
    {
        var lines = new List<string>();
        var sources = tools.GetSection(Section).GetChildren().Select(section => Read(section, new SettingsFaults(section.Path, lines))).ToList();
        return lines.Count > 0 ? throw new ToolSourceException(string.Join('\n', lines)) : [.. sources.Select(source => Source(source!))];
    }

    private static Declared? Read(IConfigurationSection section, SettingsFaults faults)
    {
        if (faults.Bind<HttpSourceOptions>(section) is not { } options)
            return null;
        Check(options, faults);
        var reader = new HttpToolReader(section.Key, options, faults);
        return new Declared(section.Key, options, [.. options.Tools.Select(tool => reader.Read(tool.Key, tool.Value)).OfType<HttpToolDefinition>()]);
    }

    private static void Check(HttpSourceOptions options, SettingsFaults faults)
    {
        faults.Check(options.AllowedHosts.Count > 0, nameof(options.AllowedHosts), "it is empty; list the hosts that may be called, such as shop.example or *.shop.example");
        foreach (var fault in options.AllowedHosts.Select(HostList.Fault).OfType<string>())
            faults.Add(nameof(options.AllowedHosts), fault);
        faults.Check(options.Tools.Count > 0, nameof(options.Tools), "it is empty; declare a tool, or leave the whole source out");
        faults.Check(options.IdempotencyHeader.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'), nameof(options.IdempotencyHeader),
            $"'{options.IdempotencyHeader}' is no name of a header; use Idempotency-Key");
        faults.Check(options.TrustedRoots.Length == 0 || HttpToolSource.Roots(options.TrustedRoots) is { Count: > 0 }, nameof(options.TrustedRoots),
            $"'{options.TrustedRoots}' is no file of certificates; use a PEM file, or leave it empty to trust the system's authorities");
    }

    private HttpToolSource Source(Declared declared) => new HttpToolSource(declared.Name, declared.Options, declared.Tools, _breakers, _resolve, _time, _logger);

    private sealed record Declared(string Name, HttpSourceOptions Options, IReadOnlyList<HttpToolDefinition> Tools);
}
