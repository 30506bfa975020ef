using System.Collections;
using System.ComponentModel;
using System.Reflection;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>Holds configuration against the options classes before anything is bound: keys that no class has, and values that are not of their kind.</summary>
/// <remarks>Ranges and the like are the classes' own validators' business; this is what the binder would report in its own terms, or not at all.</remarks>
internal static class SettingsCheck
{
    /// <summary>All faults of all sections.</summary>
    public static IReadOnlyList<SettingFault> Faults(IConfiguration configuration) =>
        [.. VoiceAgentSetup.Sections.SelectMany(section => Faults(configuration.GetSection(section.Key), section.Type, section.Inner))];

    /// <summary>All faults of a section, one sentence each: key, value, what is allowed.</summary>
    /// <param name="section">What was configured.</param>
    /// <param name="type">Options class of the section.</param>
    /// <param name="inner">Keys of the section that have an options class of their own.</param>
    public static IEnumerable<SettingFault> Faults(IConfigurationSection section, Type type, params IReadOnlyList<(string Key, Type Type)> inner)
    {
        var known = SettableProperties(type).Select(property => (Key: property.Name, Type: property.PropertyType, Property: (PropertyInfo?)property))
            .Concat(inner.Select(one => (one.Key, one.Type, Property: (PropertyInfo?)null))).ToList();
        foreach (var child in section.GetChildren())
        {
            var match = known.Find(setting => setting.Key.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            var faults = match.Type is null ? [new(child.Path, Unknown(child.Path, known.Select(setting => setting.Key)))] : ValueFaults(child, match.Type, match.Property);
            foreach (var fault in faults)
                yield return fault;
        }
    }

    /// <summary>Names of sections that nobody reads.</summary>
    /// <param name="configuration">The file alone: the environment holds other programs' names too.</param>
    /// <param name="sections">The sections that are read.</param>
    public static IEnumerable<string> UnknownSections(IConfiguration configuration, IReadOnlyList<string> sections) =>
        from child in configuration.GetChildren()
        where !sections.Contains(child.Key, StringComparer.OrdinalIgnoreCase)
        select Unknown(child.Path, sections);

    /// <summary>The properties that configuration can set.</summary>
    public static IEnumerable<PropertyInfo> SettableProperties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true });

    /// <summary>Whether a setting of this type is one value, not a group or a list.</summary>
    public static bool IsValue(Type type) => type == typeof(string) || type.IsValueType;

    /// <summary>Type of the entries of a dictionary or list; null for anything else.</summary>
    public static Type? EntryType(Type type) =>
        type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[^1] : null;

    private static IEnumerable<SettingFault> ValueFaults(IConfigurationSection setting, Type type, PropertyInfo? property)
    {
        if (type == typeof(IConfigurationSection))
            return [];   // a plugin's own, in whatever shape it likes
        if (!IsValue(type) && !string.IsNullOrEmpty(setting.Value) && !TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)))
            return [new(setting.Path, $"{setting.Path} is a group or a list, not one value.")];   // which may be a password that stands a step too high
        if (EntryType(type) is { } entry)
            return setting.GetChildren().SelectMany(child => ValueFaults(child, entry, null));
        if (!IsValue(type))
            return Faults(setting, type);
        if (setting.GetChildren().Any())
            return [new(setting.Path, $"{setting.Path} is one value, not a group or a list.")];
        if (setting.Value is null && !MayBeNull(type, property))
            return [new(setting.Path, $"{setting.Path} = null is not usable; use {Wanted(type)}, or leave the setting out.")];
        return Fits(setting.Value, type) ? [] : [new(setting.Path, $"{setting.Path} = '{setting.Value}' is not usable; use {Wanted(type)}.")];
    }

    // An entry of a list may not.
    private static bool MayBeNull(Type type, PropertyInfo? property) =>
        Nullable.GetUnderlyingType(type) is not null || (property is not null && new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable);

    private static bool Fits(string? value, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type);
        if (type == typeof(string) || value is null || (plain is not null && value.Length == 0))
            return true;
        try
        {
            var read = TypeDescriptor.GetConverter(plain ?? type).ConvertFromInvariantString(value);
            return read is not Enum || Enum.IsDefined(read.GetType(), read);   // the converter takes any number for an enum
        }
        catch (Exception unfit) when (unfit is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;   // the converters' only way to say so
        }
    }

    private static string Wanted(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? string.Join(" or ", Enum.GetNames(type))
            : type == typeof(TimeSpan) ? "a time such as 00:00:30"
            : type == typeof(TimeOnly) ? "a time of day such as 18:00"
            : type == typeof(string) ? "a text"
            : type == typeof(bool) ? "true or false"
            : type == typeof(double) || type == typeof(decimal) ? "a number such as 0.7"
            : "a whole number";
    }

    private static string Unknown(string path, IEnumerable<string> known) =>
        $"{path} is not a setting; known are {string.Join(", ", known.Order(StringComparer.Ordinal))}.";
}

/// <summary>What is wrong with one setting.</summary>
/// <param name="Path">Its key.</param>
/// <param name="Text">A sentence: key, value, what is allowed.</param>
internal readonly record struct SettingFault(string Path, string Text);
