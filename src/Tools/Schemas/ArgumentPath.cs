namespace Tools.Schemas;

/// <summary>Where in the arguments a value stands; its text is what the model reads, and tells every place from every other.</summary>
internal sealed record ArgumentPath(ArgumentPath? Parent, string? Name, int Index)
{
    public static ArgumentPath Root { get; } = new(null, null, 0);

    public ArgumentPath Property(string name) => new(this, name, 0);

    public ArgumentPath Item(int index) => new(this, null, index);

    /// <summary>As a subject of a sentence.</summary>
    public string Subject => Parent is null ? "The argument object" : $"Argument `{this}`";

    public override string ToString()
    {
        if (Parent is null)
            return "";
        if (Name is null)
            return $"{Parent}[{Index}]";
        var name = Name.AsSpan().IndexOfAny(".[]\"") >= 0 ? $"[\"{Name.Replace("\"", "\\\"", StringComparison.Ordinal)}\"]" : Name;
        return Parent.Parent is null || name[0] == '[' ? $"{Parent}{name}" : $"{Parent}.{name}";
    }
}
