using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tools.Plugins;

/// <summary>How values of tools are written as JSON: as <see cref="AIJsonUtilities.DefaultOptions"/> does, without keeping an unloaded plugin's types.</summary>
/// <remarks>Any thread. The shared options remember every type for ever; those of a plugin have options of their own, which go with them.</remarks>
internal static class PluginJson
{
    private static readonly JsonSerializerOptions Shared = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };
    private static readonly ConditionalWeakTable<Type, JsonSerializerOptions> OfPlugins = [];

    /// <summary>Options for a value.</summary>
    public static JsonSerializerOptions For(object? value) => value is null ? Shared : For(value.GetType());

    /// <summary>Options for values of a type.</summary>
    public static JsonSerializerOptions For(Type type) => type.IsCollectible ? OfPlugins.GetValue(type, _ => Own()) : Shared;

    // With a resolver of their own: the library shares what it remembers among options that are equal.
    private static JsonSerializerOptions Own() => new(Shared)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(AIJsonUtilities.DefaultOptions.TypeInfoResolver, new DefaultJsonTypeInfoResolver()),
    };
}
