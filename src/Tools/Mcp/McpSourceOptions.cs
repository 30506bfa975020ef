namespace Tools.Mcp;

/// <summary>A server of the Model Context Protocol whose tools the agents may use: <c>Tools:Mcp:NAME</c>. Either a program (<see cref="Command"/>) or an address (<see cref="Url"/>).</summary>
/// <remarks>Values of <see cref="Environment"/> and <see cref="Headers"/>, and arguments, may hold secrets by reference: <c>${env:NAME}</c>, <c>${file:/run/secrets/x}</c>.</remarks>
public sealed class McpSourceOptions
{
    /// <summary>What the agent calls it where it fails, such as <c>The calendar</c>; empty makes one of the source's name.</summary>
    public string Title { get; init; } = "";

    /// <summary>Program that speaks the protocol on its standard input and output.</summary>
    public string Command { get; init; } = "";

    /// <summary>The program's arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The program's environment, besides PATH, HOME and the like: it does not see the service's own.</summary>
    public Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>The program's folder; empty is the service's.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>Address of a server over streamable HTTP.</summary>
    public string Url { get; init; } = "";

    /// <summary>Headers of every request to <see cref="Url"/>, such as <c>Authorization</c>.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>The server's tools to take, with <c>*</c> and <c>?</c>; empty takes all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>The server's tools to leave out, likewise.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Put before the name of each tool.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whether the service shall not start without it.</summary>
    public bool Required { get; init; }

    /// <summary>Longest wait for a program to start, or a server to answer.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest run of its tools, unless <c>Tools:Policies</c> says otherwise.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(8);
}
