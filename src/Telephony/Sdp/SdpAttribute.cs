using System.Diagnostics.CodeAnalysis;

namespace Telephony.Sdp;

/// <summary>One <c>a=</c> line: a flag, or a name and a value (RFC 8866 section 5.13).</summary>
/// <param name="Name">The part before the colon, as written.</param>
/// <param name="Value">The part behind the colon, or null for a flag.</param>
public readonly record struct SdpAttribute(string Name, string? Value = null)
{
    /// <summary>True if this is the named attribute. Names are case-sensitive by the RFC; devices that shout are understood all the same.</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The line without its <c>a=</c>.</summary>
    public override string ToString() => Value is null ? Name : $"{Name}:{Value}";
}

/// <summary>What session and media level share: reading attributes out of their lines.</summary>
internal static class SdpAttributeList
{
    /// <summary>Value of the first attribute of that name; false if there is none.</summary>
    public static bool TryGet(this IReadOnlyList<SdpAttribute> attributes, string name, [NotNullWhen(true)] out string? value)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Is(name))
            {
                value = (attribute.Value ?? "").Trim();
                return true;
            }
        }
        value = null;
        return false;
    }

    /// <summary>The direction that the lines name, or null when they name none.</summary>
    public static MediaDirection? Direction(this IReadOnlyList<SdpAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Value is null && MediaDirections.TryParse(attribute.Name, out var direction))
                return direction;
        }
        return null;
    }
}
