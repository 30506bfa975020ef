using Telephony.Sip.Messages;

namespace Telephony.Sip.Identity;

/// <summary>What the Privacy header asks to be hidden (RFC 3323 section 4.2, RFC 3325 section 9.3, RFC 7044 section 10.1).</summary>
/// <param name="HidesCaller">Nobody shall be told who calls: <c>id</c> or <c>user</c>.</param>
/// <param name="HidesHistory">Nobody shall be told who sent the call on: <c>history</c>, or one of the above.</param>
/// <param name="IsNone">The caller says that nothing shall be hidden.</param>
internal readonly record struct PrivacyWish(bool HidesCaller, bool HidesHistory, bool IsNone)
{
    public static PrivacyWish Of(SipHeaders headers)
    {
        var wish = default(PrivacyWish);
        foreach (var line in headers.GetLines(HeaderNames.Privacy))
            wish = wish.With(line);
        return wish with { IsNone = wish.IsNone && !wish.HidesHistory };
    }

    // Values are parted by semicolons; commas are seen where lines were joined.
    private PrivacyWish With(ReadOnlySpan<char> line)
    {
        var wish = this;
        foreach (var range in line.SplitAny(";,"))
        {
            var value = SipText.Trim(line[range]);
            if (Is(value, "id") || Is(value, "user"))
                wish = wish with { HidesCaller = true, HidesHistory = true };
            else if (Is(value, "history"))
                wish = wish with { HidesHistory = true };
            else if (Is(value, "none"))
                wish = wish with { IsNone = true };
        }
        return wish;
    }

    private static bool Is(ReadOnlySpan<char> value, string name) => value.Equals(name, StringComparison.OrdinalIgnoreCase);
}
