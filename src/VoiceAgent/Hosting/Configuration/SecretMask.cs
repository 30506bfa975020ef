using System.Data.Common;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>Decides by its key, and by what it looks like, what of a setting may be shown.</summary>
/// <remarks>Rather too much than too little: a setting that is added later and sounds like a secret is one.</remarks>
internal static class SecretMask
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Hidden = "***";

    private static readonly string[] Names = ["password", "passphrase", "secret", "key", "token", "hash", "pwd", "psw"];

    // All that is below them is other programs', or sent to them.
    private static readonly string[] Foreign = ["Headers", "Environment", "Settings", "Query", "Body"];

    // Sound like secrets and are none.
    private static readonly string[] Harmless = ["Tools:Redaction:Keys"];

    // Keys of a telephone.
    private static readonly string[] HarmlessNames = ["PauseKeys", "ResumeKeys"];

    /// <summary>The value as it may be shown.</summary>
    /// <param name="key">Key of the setting.</param>
    /// <param name="value">Its value.</param>
    /// <param name="type">What its property holds: only text can be a secret, and text may be all digits.</param>
    public static string Of(string key, string value, Type type)
    {
        if (value.Length == 0 || type != typeof(string) || Array.Exists(Harmless, one => SettingsInUse.IsWithin(key, one)))
            return value;
        var steps = key.Split(':');
        if (steps.Any(step => Foreign.Contains(step, StringComparer.OrdinalIgnoreCase)))
            return Hidden;
        var name = steps.LastOrDefault(step => !int.TryParse(step, out _)) ?? key;
        if (name.EndsWith("File", StringComparison.OrdinalIgnoreCase))
            return value;
        if (HarmlessNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            return value;
        if (SoundsSecret(name) || (name.Equals("Arguments", StringComparison.OrdinalIgnoreCase) && !IsLoneSwitch(value)))
            return Hidden;
        return name.Equals("ConnectionString", StringComparison.OrdinalIgnoreCase) ? OfConnection(value) : OfAddress(value);
    }

    // Such as --verbose; what stands behind one, or after its '=', may be anything.
    private static bool IsLoneSwitch(string argument) => argument.StartsWith("--", StringComparison.Ordinal) && argument.All(letter => char.IsAsciiLetter(letter) || letter == '-');

    private static bool SoundsSecret(string name) => Array.Exists(Names, part => name.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static string OfConnection(string text)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text };
            foreach (var name in parts.Keys.Cast<string>().Where(SoundsSecret).ToList())
                parts[name] = Hidden;
            return parts.ConnectionString;
        }
        catch (ArgumentException)
        {
            return Hidden;   // what it is nobody knows
        }
    }

    // Names, passwords and keys travel in addresses too, of webhooks in their paths.
    private static string OfAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "ws" or "wss" && (uri.UserInfo.Length > 0 || uri.PathAndQuery.Length > 1)
            ? $"{uri.Scheme}://{uri.Authority}/{Hidden}" : text;
}
