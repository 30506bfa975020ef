using System.Reflection;
using System.Runtime.Loader;

namespace Tools.Plugins;

/// <summary>Where a plugin's assembly and its own dependencies live: two plugins may bring two versions of the same one.</summary>
/// <remarks>The contract (<c>Tools</c>, <c>Microsoft.Extensions.*</c>) is the service's. Files are read into memory, so that they can be replaced while the service runs.</remarks>
internal sealed class PluginLoadContext(string file) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(file), isCollectible: true)
{
    private static readonly string Contract = typeof(PluginLoadContext).Assembly.GetName().Name!;

    private readonly AssemblyDependencyResolver _dependencies = new(file);

    /// <summary>The plugin's own assembly.</summary>
    public Assembly LoadMain() => LoadFile(file);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        IsShared(assemblyName) && LoadFromService(assemblyName) is { } shared ? shared
        : _dependencies.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFile(path)
        : null;

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _dependencies.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private static bool IsShared(AssemblyName name) =>
        name.Name is { } simple && (simple == Contract || simple.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal));

    private static Assembly? LoadFromService(AssemblyName name)
    {
        try
        {
            return Default.LoadFromAssemblyName(name);
        }
        catch (Exception missing) when (missing is FileNotFoundException or FileLoadException)
        {
            return null;   // the service does not have it, or not so new: the plugin's own
        }
    }

    private Assembly LoadFile(string path)
    {
        using var assembly = new MemoryStream(File.ReadAllBytes(path));
        var symbols = Path.ChangeExtension(path, ".pdb");
        if (!File.Exists(symbols))
            return LoadFromStream(assembly);
        using var lines = new MemoryStream(File.ReadAllBytes(symbols));
        return LoadFromStream(assembly, lines);
    }
}
