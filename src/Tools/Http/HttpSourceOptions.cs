namespace Tools.Http;

/// <summary>Web calls that are tools without code: <c>Tools:Http:NAME</c>.</summary>
/// <remarks>Values of headers, query, body and addresses may hold secrets by reference: <c>${env:NAME}</c>, <c>${file:/run/secrets/x}</c>.</remarks>
public sealed class HttpSourceOptions
{
    /// <summary>What the agent calls it where it fails, such as <c>The order system</c>; empty makes one of the source's name.</summary>
    public string Title { get; init; } = "";

    /// <summary>Put before every URL that begins with a slash.</summary>
    public string BaseUrl { get; init; } = "";

    /// <summary>Hosts that may be called, redirects included: <c>shop.example</c>, <c>*.shop.example</c>, either with <c>:PORT</c>.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Whether addresses of private networks and of this machine may be called.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Whether addresses in the public network may be called without TLS.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>PEM file of the only certificate authorities to trust; empty trusts the system's.</summary>
    public string TrustedRoots { get; init; } = "";

    /// <summary>Headers of every request, such as <c>Authorization</c>.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>Header that carries the idempotency key of a request with effects; empty for none.</summary>
    public string IdempotencyHeader { get; init; } = "Idempotency-Key";

    /// <summary>The tools by name.</summary>
    public Dictionary<string, HttpToolOptions> Tools { get; init; } = [];
}

/// <summary>One web call.</summary>
public sealed class HttpToolOptions
{
    /// <summary>What it does, for the model.</summary>
    public string Description { get; init; } = "";

    /// <summary>GET, HEAD, POST, PUT, PATCH or DELETE.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Address with places, such as <c>https://shop.example/orders/{number}</c>.</summary>
    public string Url { get; init; } = "";

    /// <summary>Query parameters with places; one whose argument was not given is left out.</summary>
    public Dictionary<string, string> Query { get; init; } = [];

    /// <summary>Further headers with places; one whose argument was not given is left out.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>JSON with places in its strings; empty sends the arguments that stand nowhere else as a JSON object (POST, PUT, PATCH).</summary>
    public string Body { get; init; } = "";

    /// <summary>The arguments that the model gives, by name.</summary>
    public Dictionary<string, HttpParameterOptions> Parameters { get; init; } = [];

    /// <summary>What the model sees of the answer, such as <c>status</c>, <c>items[].name</c>; empty for all of it.</summary>
    public IReadOnlyList<string> Result { get; init; } = [];

    /// <summary>Whether doing it twice does no harm; null says so for GET and HEAD only.</summary>
    public bool? Idempotent { get; init; }

    /// <summary>Longest time for it all, retries included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Further tries within <see cref="Timeout"/>, where nothing can be done twice; <c>Tools:Policies:NAME:Retries</c> overrides it.</summary>
    public int Retries { get; init; } = 2;
}

/// <summary>One argument.</summary>
public sealed class HttpParameterOptions
{
    /// <summary>string, integer, number, boolean, array or object.</summary>
    public string Type { get; init; } = "string";

    /// <summary>Type of an array's entries.</summary>
    public string Items { get; init; } = "string";

    /// <summary>What it means, for the model.</summary>
    public string Description { get; init; } = "";

    /// <summary>Whether the model has to give it.</summary>
    public bool Required { get; init; }

    /// <summary>The values that it may have; empty for any.</summary>
    public IReadOnlyList<string> Enum { get; init; } = [];

    /// <summary>Regular expression that a string has to fit; empty for none.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>Least number.</summary>
    public double? Minimum { get; init; }

    /// <summary>Greatest number.</summary>
    public double? Maximum { get; init; }

    /// <summary>Value when the model gives none; JSON for anything but a string. Null for none.</summary>
    public string? Default { get; init; }
}
