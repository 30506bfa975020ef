using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Telephony;

/// <summary>Wraps a settings class's own validator: refuses keys that the class does not have, and puts key and value before each complaint.</summary>
internal sealed class SettingsValidator<TOptions>(IConfigurationSection section, IValidateOptions<TOptions> inner, params string[] innerSections) : IValidateOptions<TOptions>
    where TOptions : class
{
    private readonly HashSet<string> _keys = new(
        typeof(TOptions).GetProperties().Select(property => property.Name).Concat(innerSections), StringComparer.OrdinalIgnoreCase);

    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var result = inner.Validate(name, options);
        List<string> errors = [.. UnknownKeys(), .. result.Failures?.Select(WithKeyAndValue) ?? []];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    // A misspelt key would otherwise be a setting that silently does nothing.
    private IEnumerable<string> UnknownKeys() =>
        from child in section.GetChildren()
        where !_keys.Contains(child.Key)
        select $"{child.Path} is not a setting; known are {string.Join(", ", _keys.Order(StringComparer.Ordinal))}";

    private string WithKeyAndValue(string failure)
    {
        if (failure.StartsWith(section.Path, StringComparison.Ordinal))
            return failure;
        var named = section.GetChildren().FirstOrDefault(child => failure.Contains(child.Key, StringComparison.OrdinalIgnoreCase));
        return named is null ? $"{section.Path}: {failure}" : $"{named.Path} = '{named.Value}': {failure}";
    }
}
