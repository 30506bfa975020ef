using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Telephony;

/// <summary>Wraps a settings class's own validator: refuses keys that the class does not have, and puts key and value before each complaint.</summary>
/// <param name="section">Where the class is bound.</param>
/// <param name="inner">The class's own validator.</param>
/// <param name="innerSections">Keys of the section that belong to other classes.</param>
public sealed class SettingsValidator<TOptions>(IConfigurationSection section, IValidateOptions<TOptions> inner, params string[] innerSections) : IValidateOptions<TOptions>
    where TOptions : class
{
    private static readonly string[] Secrets = ["Key", "Password", "Secret", "Token", "Headers"];

    private readonly HashSet<string> _keys = new(
        typeof(TOptions).GetProperties().Select(property => property.Name).Concat(innerSections), StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
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
        return named is null ? $"{section.Path}: {failure}" : $"{named.Path}{(IsSecret(named.Key) ? "" : $" = '{named.Value}'")}{WithoutKey(failure, named.Key)}";
    }

    private static bool IsSecret(string key) => Array.Exists(Secrets, part => key.EndsWith(part, StringComparison.OrdinalIgnoreCase));

    // Attributes say "Key: The field Class.Key must be between ..."; the key has been said.
    private static string WithoutKey(string failure, string key)
    {
        if (failure.StartsWith(key + ": ", StringComparison.OrdinalIgnoreCase))
            failure = failure[(key.Length + 2)..];
        var field = $"The field {typeof(TOptions).Name}.{key} ";
        return failure.StartsWith(field, StringComparison.OrdinalIgnoreCase) ? " " + failure[field.Length..] : ": " + failure;
    }
}
