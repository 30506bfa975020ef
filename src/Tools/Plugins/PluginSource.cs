using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Tools.Plugins;

/// <summary>The tools of one plugin assembly, loaded into a context of its own.</summary>
/// <remarks>Loaded once, on a thread of the pool; the assembly is unloaded when the source is closed and nothing of it runs any more.</remarks>
internal sealed class PluginSource(string name, string key, string file, IToolPluginHost host) : IToolSource
{
    private readonly (DateTime WrittenAt, long Size) _stamp = StampOf(file);
    private PluginLoadContext? _context;
    private IToolPlugin? _plugin;
    private Task<IReadOnlyList<Tool>>? _loading;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public Action? Changed { get; set; }

    /// <inheritdoc/>
    public bool IsOutdated => StampOf(file) != _stamp;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Tool>> LoadAsync(CancellationToken cancellation) =>
        await (_loading ??= Task.Run(Load, cancellation));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_plugin is IAsyncDisposable slowly)
                await slowly.DisposeAsync();
            else if (_plugin is IDisposable disposable)
                disposable.Dispose();
        }
        finally
        {
            (_plugin, _loading) = (null, null);
            _context?.Unload();
            _context = null;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Foreign code: whatever it throws while it is loaded means that this plugin cannot be used.")]
    private IReadOnlyList<Tool> Load()
    {
        try
        {
            _context = new PluginLoadContext(file);
            var assembly = _context.LoadMain();
            CheckVersions(assembly);
            _plugin = Create(PluginType(assembly));
            return [.. _plugin.CreateTools(host).Select(tool => tool with { MayBlock = true })];
        }
        catch (ToolSourceException)
        {
            throw;
        }
        catch (BadImageFormatException)
        {
            throw Unusable("it is no .NET assembly");
        }
        catch (Exception failure)
        {
            var reason = failure is TargetInvocationException { InnerException: { } inner } ? inner : failure;
            throw Unusable($"{reason.GetType().Name} while it was loaded: {reason.Message}", failure);
        }
    }

    private static (DateTime WrittenAt, long Size) StampOf(string path)
    {
        try
        {
            var assembly = new FileInfo(path);
            var target = assembly.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? assembly;
            return (target.LastWriteTimeUtc, target.Length);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private static IToolPlugin Create(Type type) => (IToolPlugin)Activator.CreateInstance(type)!;

    private Type PluginType(Assembly assembly)
    {
        var types = assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IToolPlugin))).ToList();
        if (types.Count == 0)
            throw Unusable($"it has no public class that implements {nameof(IToolPlugin)}");
        if (types.Count > 1)
            throw Unusable($"it has {types.Count} classes that implement {nameof(IToolPlugin)} ({string.Join(", ", types.Select(type => type.FullName).Order(StringComparer.Ordinal))}); leave one of them public");
        return types[0].GetConstructor(Type.EmptyTypes) is not null
            ? types[0]
            : throw Unusable($"{types[0].FullName} has no public constructor without parameters; what it needs comes with {nameof(IToolPlugin.CreateTools)}");
    }

    // The contract comes from the service, whatever the plugin was built against: older is fine, newer may ask for what is not there.
    private void CheckVersions(Assembly assembly)
    {
        foreach (var contract in new[] { typeof(IToolPlugin).Assembly.GetName(), typeof(AIFunction).Assembly.GetName() })
        {
            var wanted = assembly.GetReferencedAssemblies().FirstOrDefault(reference => reference.Name == contract.Name);
            if (wanted is not null && wanted.Version > contract.Version)
                throw Unusable($"it was built against {wanted.Name} {wanted.Version}, and this service has {contract.Version}; build it against that one, or update the service");
        }
    }

    private ToolSourceException Unusable(string why, Exception? inner = null) => new($"{key}: {file} cannot be used as a plugin: {why}.", inner);
}
