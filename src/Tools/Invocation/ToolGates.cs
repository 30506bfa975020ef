using Microsoft.Extensions.Logging.Abstractions;

namespace Tools.Invocation;

/// <summary>What the tools of all calls share: how many run of each, and the threads of foreign code.</summary>
/// <remarks>Any thread; one for the whole service.</remarks>
public sealed class ToolGates
{
    /// <summary>Threads for foreign code, at most; further ones for runs that were given up and have not ended.</summary>
    public const int DefaultMaxThreads = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Source, string Name), int> _running = [];

    /// <summary>Nothing runs yet.</summary>
    /// <param name="logger">Hears of exceptions that foreign code throws where nobody waits for it; null for nobody.</param>
    /// <param name="redaction">What must not be logged of them; null for the default rules.</param>
    /// <param name="maxThreads">Threads for foreign code (<see cref="Tool.MayBlock"/>), at most, beside those of runs that were given up.</param>
    public ToolGates(ILogger<ToolGates>? logger = null, Redaction? redaction = null, int maxThreads = DefaultMaxThreads) =>
        Threads = new ToolThreads(maxThreads, logger ?? NullLogger<ToolGates>.Instance, redaction ?? new Redaction(new RedactionOptions()));

    internal ToolThreads Threads { get; }

    /// <summary>Runs of a tool that have not ended, those that were given up included.</summary>
    public int Running(Tool tool)
    {
        lock (_gate)
            return _running.GetValueOrDefault((tool.Source, tool.Name));
    }

    /// <summary>Takes a place among the tool's runs.</summary>
    /// <returns>False when they are as many as its policy allows.</returns>
    internal bool TryEnter(Tool tool)
    {
        lock (_gate)
        {
            var running = _running.GetValueOrDefault((tool.Source, tool.Name));
            if (running >= tool.Policy.MaxConcurrency)
                return false;
            _running[(tool.Source, tool.Name)] = running + 1;
            return true;
        }
    }

    /// <summary>Takes a place though there may be none: what was done has to be undone.</summary>
    internal void Enter(Tool tool)
    {
        lock (_gate)
            _running[(tool.Source, tool.Name)] = _running.GetValueOrDefault((tool.Source, tool.Name)) + 1;
    }

    /// <summary>A run is given up and may hold its thread for ever: others get one in its stead.</summary>
    internal void GiveUp(Tool tool)
    {
        if (tool.MayBlock)
            Threads.Lend();
    }

    /// <summary>A run that was given up has ended.</summary>
    internal void TakeBack(Tool tool)
    {
        if (tool.MayBlock)
            Threads.TakeBack();
    }

    /// <summary>Gives the place back.</summary>
    internal void Leave(Tool tool)
    {
        lock (_gate)
        {
            if (--_running[(tool.Source, tool.Name)] == 0)
                _running.Remove((tool.Source, tool.Name));
        }
    }
}
