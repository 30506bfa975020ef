namespace Tools.Plugins;

/// <summary>Makes a method a tool: the name, what the model is told of it, and the rules under which it runs.</summary>
/// <remarks>What is not said has the defaults of <see cref="ToolPolicy"/>. The configuration (<c>Tools:Policies:NAME</c>) overrides it.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolAttribute : Attribute
{
    private static readonly ToolPolicy Defaults = new();

    /// <summary>Name that the model calls; empty makes <c>where_is_my_order</c> of <c>WhereIsMyOrderAsync</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>When and for what the model shall call it; empty takes the method's <c>[Description]</c>.</summary>
    public string Description { get; set; } = "";

    /// <summary>See <see cref="ToolPolicy.Behavior"/>.</summary>
    public ToolBehavior Behavior { get; set; } = Defaults.Behavior;

    /// <summary>See <see cref="ToolPolicy.Scheduling"/>.</summary>
    public ToolScheduling Scheduling { get; set; } = Defaults.Scheduling;

    /// <summary>See <see cref="ToolPolicy.Timeout"/>; in seconds.</summary>
    public double TimeoutSeconds { get; set; } = Defaults.Timeout.TotalSeconds;

    /// <summary>See <see cref="ToolPolicy.MaxConcurrency"/>.</summary>
    public int MaxConcurrency { get; set; } = Defaults.MaxConcurrency;

    /// <summary>See <see cref="ToolPolicy.Retries"/>.</summary>
    public int Retries { get; set; } = Defaults.Retries;

    /// <summary>See <see cref="ToolPolicy.Idempotent"/>.</summary>
    public bool Idempotent { get; set; } = Defaults.Idempotent;

    /// <summary>See <see cref="ToolPolicy.MaxResultBytes"/>.</summary>
    public int MaxResultBytes { get; set; } = Defaults.MaxResultBytes;

    /// <summary>See <see cref="ToolFiller.Text"/>; empty leaves the wait to <c>Calls:Silence</c>.</summary>
    public string Filler { get; set; } = "";

    /// <summary>See <see cref="ToolPolicy.Confirm"/>.</summary>
    public bool Confirm { get; set; } = Defaults.Confirm;

    /// <summary>See <see cref="ToolPolicy.DuplicateWindow"/>; in seconds.</summary>
    public double DuplicateWindowSeconds { get; set; } = Defaults.DuplicateWindow.TotalSeconds;

    /// <summary>See <see cref="ToolPolicy.Offer"/>.</summary>
    public string Offer { get; set; } = Defaults.Offer;

    /// <summary>Name of a method of the same class that undoes what this one did, with the signature of <see cref="Compensation"/>; empty when that cannot be undone.</summary>
    public string Undo { get; set; } = "";

    internal ToolPolicy Policy => new()
    {
        Behavior = Behavior,
        Scheduling = Scheduling,
        Timeout = TimeSpan.FromSeconds(TimeoutSeconds),
        MaxConcurrency = MaxConcurrency,
        Retries = Retries,
        Idempotent = Idempotent,
        MaxResultBytes = MaxResultBytes,
        Filler = Filler.Length == 0 ? null : new ToolFiller { Text = Filler },
        Confirm = Confirm,
        DuplicateWindow = TimeSpan.FromSeconds(DuplicateWindowSeconds),
        Offer = Offer,
    };
}
