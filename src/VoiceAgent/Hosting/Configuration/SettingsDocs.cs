using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>What the options classes say of their properties in their documentation comments, from the files beside the assemblies.</summary>
/// <remarks>The files are there where the program was built, and not in a release.</remarks>
internal sealed partial class SettingsDocs
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private SettingsDocs()
    {
    }

    /// <summary>Reads the files of some assemblies; null where one is missing.</summary>
    public static SettingsDocs? Of(IEnumerable<Assembly> assemblies)
    {
        var docs = new SettingsDocs();
        foreach (var assembly in assemblies.Distinct())
        {
            var file = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
            if (!File.Exists(file))
                return null;
            foreach (var member in XDocument.Load(file).Descendants("member").Where(member => member.Element("summary") is not null))
                docs._texts[(string)member.Attribute("name")!] = Plain(member.Element("summary")!);
        }
        return docs;
    }

    /// <summary>What is said of a property.</summary>
    public string Of(PropertyInfo property) => _texts.GetValueOrDefault($"P:{property.DeclaringType!.FullName!.Replace('+', '.')}.{property.Name}", "");

    private static string Plain(XElement summary) => Blanks().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" } named => LastName((string?)named.Attribute("cref") ?? (string?)named.Attribute("langword") ?? named.Value),
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    private static string LastName(string reference)
    {
        var name = reference.Split('(')[0];
        return name[(name.LastIndexOf('.') + 1)..];
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();
}
