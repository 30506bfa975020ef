namespace Telephony.Sip.Authentication;

/// <summary>Somebody who may log in here: a softphone, or a PBX that registers with us.</summary>
public sealed class UserOptions
{
    /// <summary>The password; or say <see cref="PasswordFile"/>.</summary>
    public string Password { get; init; } = "";

    /// <summary>A file whose first line is the password.</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>The number that the user calls from and is called by, besides the name; empty for none.</summary>
    public string Number { get; init; } = "";

    /// <summary>Whether calls may name any caller, as those of a PBX do; else From must be the user's own name or number.</summary>
    public bool AnyCaller { get; init; }

    /// <summary>The password, or why there is none; never throws.</summary>
    internal string? ReadPassword(out string fault)
    {
        fault = "";
        if (PasswordFile.Length == 0)
        {
            fault = Password.Length == 0 ? "has neither Password nor PasswordFile" : "";
            return Password.Length == 0 ? null : Password;
        }
        if (Password.Length > 0)
        {
            fault = "has both Password and PasswordFile";
            return null;
        }
        return ReadFile(out fault);
    }

    private string? ReadFile(out string fault)
    {
        try
        {
            var password = File.ReadLines(PasswordFile).FirstOrDefault();
            fault = string.IsNullOrEmpty(password) ? $"has a PasswordFile without a first line: {PasswordFile}" : "";
            return string.IsNullOrEmpty(password) ? null : password;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = $"has a PasswordFile that cannot be read: {PasswordFile}";
            return null;
        }
    }
}
