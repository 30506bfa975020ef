using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>Every setting as it holds, and where it comes from.</summary>
/// <param name="configuration">The settings as they were read.</param>
/// <param name="folder">Folder that file names are told from.</param>
internal sealed class EffectiveSettings(IConfigurationRoot configuration, string folder)
{
    private const string BuiltIn = "default";

    /// <summary>All settings in the order of the options classes; secrets are masked.</summary>
    public IEnumerable<EffectiveSetting> All() => VoiceAgentSetup.Sections.SelectMany(section => section.Inner
        .SelectMany(inner => Group($"{section.Key}:{inner.Key}", inner.Type, Activator.CreateInstance(inner.Type)))
        .Concat(Group(section.Key, section.Type, Activator.CreateInstance(section.Type))))
        .Concat(SecretFiles.OtherNames.Where(name => configuration[name] is not null).Select(name => Setting(name, typeof(string), null, isEntry: true)));

    // What is written of an entry of a list is told all of it: the entry is none of the defaults.
    private IEnumerable<EffectiveSetting> Group(string path, Type type, object? defaults, bool isEntry = false) =>
        SettingsCheck.SettableProperties(type).SelectMany(property => Any($"{path}:{property.Name}", property.PropertyType, defaults is null ? null : property.GetValue(defaults), isEntry));

    private IEnumerable<EffectiveSetting> Any(string path, Type type, object? value, bool isEntry) =>
        SettingsCheck.IsValue(type) ? [Setting(path, type, value, isEntry)]
        : type == typeof(IConfigurationSection) ? configuration.GetSection(path).AsEnumerable().Where(entry => entry.Value is not null).Select(entry => Setting(entry.Key, typeof(string), null, isEntry: true))
        : SettingsCheck.EntryType(type) is { } entry ? Entries(path, type, entry)
        : Group(path, type, value ?? Activator.CreateInstance(type), isEntry);

    private IEnumerable<EffectiveSetting> Entries(string path, Type type, Type entry)
    {
        var children = configuration.GetSection(path).GetChildren().ToList();
        if (children.Count == 0)
            return [new EffectiveSetting(path, type.GetGenericArguments().Length == 2 ? "{}" : "[]", SourceOf(path), IsUsual: true)];
        return children.SelectMany(child => Any(child.Path, entry, SettingsCheck.IsValue(entry) ? null : Activator.CreateInstance(Constructible(entry)), isEntry: true));
    }

    // A list within a dictionary is made by the binder; here only its entries are looked at.
    private static Type Constructible(Type type) => type.IsInterface || SettingsCheck.EntryType(type) is not null ? typeof(object) : type;

    private EffectiveSetting Setting(string key, Type type, object? usual, bool isEntry)
    {
        var source = SourceOf(key);
        var text = source == BuiltIn ? Convert.ToString(usual, CultureInfo.InvariantCulture) : configuration[key];
        return new EffectiveSetting(key, text is null ? "null" : SecretMask.Of(key, text, type), source, source == BuiltIn || (!isEntry && IsSame(text, type, usual)));
    }

    // In a file a time may have fewer digits than here, and nothing may be written as null or as an empty text.
    private static bool IsSame(string? text, Type type, object? usual)
    {
        if (string.IsNullOrEmpty(text) || usual is null)
            return string.IsNullOrEmpty(text) && usual is null or "";
        var converter = TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type);
        return converter.IsValid(text) && usual.Equals(converter.ConvertFromInvariantString(text));
    }

    private string SourceOf(string key) => configuration.Providers.Reverse().FirstOrDefault(provider => Has(provider, key)) switch
    {
        null => BuiltIn,
        JsonConfigurationProvider json => Path.GetRelativePath(folder, json.Source.FileProvider?.GetFileInfo(json.Source.Path!).PhysicalPath ?? json.Source.Path!),
        EnvironmentVariablesConfigurationProvider => $"environment {key.Replace(":", "__", StringComparison.Ordinal)}",
        SecretFiles secrets => $"secret file {secrets.FileOf(key)}",
        _ => "program",
    };

    private static bool Has(IConfigurationProvider provider, string key) => provider.TryGet(key, out _);
}

/// <summary>A setting as it holds.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value, masked where it is a secret.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="IsUsual">Whether it is the default, wherever it comes from.</param>
internal readonly record struct EffectiveSetting(string Key, string Value, string Source, bool IsUsual);
