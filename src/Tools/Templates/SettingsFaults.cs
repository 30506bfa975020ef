using Microsoft.Extensions.Configuration;

namespace Tools.Templates;

/// <summary>Faults of a section of the configuration, each with its key.</summary>
/// <param name="path">Key that the faults' keys start from.</param>
/// <param name="lines">Where all faults are gathered.</param>
internal sealed class SettingsFaults(string path, List<string> lines)
{
    /// <summary>Whether there is any fault, here or elsewhere.</summary>
    public bool HasAny => lines.Count > 0;

    /// <summary>Faults below a key.</summary>
    public SettingsFaults Below(string key) => new(key.Length == 0 ? path : $"{path}:{key}", lines);

    /// <summary>Adds a fault.</summary>
    /// <param name="key">The key; empty for the section itself.</param>
    /// <param name="fault">What is wrong, and the remedy.</param>
    public void Add(string key, string fault) => lines.Add($"{(key.Length == 0 ? path : $"{path}:{key}")}: {fault}.");

    /// <summary>Adds a fault unless all is well.</summary>
    public void Check(bool isGood, string key, string fault)
    {
        if (!isGood)
            Add(key, fault);
    }

    /// <summary>Reads a template and checks its secrets.</summary>
    public TextTemplate Template(string key, string text)
    {
        if (TextTemplate.TryParse(text, out var template) is { } fault)
            Add(key, fault);
        CheckSecrets(key, template.Secrets);
        return template;
    }

    /// <summary>Adds a fault for each secret that is not there.</summary>
    public void CheckSecrets(string key, IEnumerable<Secret> secrets)
    {
        foreach (var fault in secrets.Select(secret => secret.Fault()).OfType<string>())
            Add(key, fault);
    }

    /// <summary>A section as its options class; keys that it does not have, and values that are not of their kind, are faults.</summary>
    /// <returns>Null when the section cannot be read.</returns>
    public TOptions? Bind<TOptions>(IConfigurationSection section)
        where TOptions : class, new()
    {
        try
        {
            return section.Get<TOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new TOptions();
        }
        catch (InvalidOperationException unfit)
        {
            Add("", unfit.GetBaseException() is var inner && inner != unfit ? $"{unfit.Message.TrimEnd('.')} ({inner.Message.TrimEnd('.')})" : unfit.Message.TrimEnd('.'));
            return null;
        }
    }
}
