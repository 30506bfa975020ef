using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tools.Plugins;

/// <summary>Reads and writes values of tools as JSON without keeping an unloaded plugin's types.</summary>
/// <remarks>Any thread. Options remember every type that they have met for ever; those for a plugin's types are of their own, and go with the plugin.</remarks>
/// <param name="shared">How it is done for all.</param>
internal sealed class PluginJson(JsonSerializerOptions shared)
{
    private readonly ConditionalWeakTable<Type, JsonSerializerOptions> _ofPlugins = [];

    /// <summary>Options for values of a type.</summary>
    public JsonSerializerOptions For(Type type) => type.IsCollectible ? _ofPlugins.GetValue(type, _ => Own()) : shared;

    // With a resolver of their own: the library shares what it remembers among options that are equal.
    private JsonSerializerOptions Own() => new(shared)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(shared.TypeInfoResolver, new DefaultJsonTypeInfoResolver()),
    };
}
