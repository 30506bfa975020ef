namespace Tools;

/// <summary>A function whose own conduct depends on its policy: what it may repeat, what it says of a broken connection.</summary>
internal interface IPolicyFunction
{
    /// <summary>Whether it makes the further tries of <see cref="ToolPolicy.Retries"/> itself, since it knows better when they do no harm.</summary>
    bool RetriesItself { get; }

    /// <summary>The same function under the rules that <c>Tools:Policies</c> made of its own.</summary>
    AIFunction Under(ToolPolicy policy);
}
