using GeminiLive;
using Telephony;
using Telephony.Trunks;
using Tools.Catalog;
using VoiceAgent.Agents;
using VoiceAgent.Calls;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>Takes a changed configuration into use while calls run: all of it or nothing, for new calls only; running ones keep what they began with.</summary>
/// <remarks>Any thread; one at a time. What cannot change while the service runs is named, and waits for its next start.</remarks>
internal sealed class Reload : IDisposable
{
    private readonly SettingsSource _source;
    private readonly AgentDirectory _agents;
    private readonly CallTable _table;
    private readonly CallServices _calls;
    private readonly LiveClientFactory _live;
    private readonly ToolCatalog _tools;
    private readonly TelephonyService _telephony;
    private readonly TimeProvider _time;
    private readonly ILogger<Reload> _logger;
    private readonly SemaphoreSlim _gate = new(1);
    private Dictionary<string, string?> _inUse;
    private IReadOnlyList<string> _told = [];
    private volatile string? _problem;

    /// <param name="source">Where the settings come from.</param>
    /// <param name="started">What the service was started with.</param>
    /// <param name="agents">Chooses agents.</param>
    /// <param name="table">Bounds calls.</param>
    /// <param name="calls">What calls are given.</param>
    /// <param name="live">Makes their sessions.</param>
    /// <param name="tools">Has their tools.</param>
    /// <param name="telephony">The line.</param>
    /// <param name="time">The time of day.</param>
    /// <param name="logger">Hears what has changed, and what is refused.</param>
    public Reload(
        SettingsSource source, IConfiguration started, AgentDirectory agents, CallTable table, CallServices calls, LiveClientFactory live, ToolCatalog tools, TelephonyService telephony,
        TimeProvider time, ILogger<Reload> logger)
    {
        (_source, _agents, _table, _calls, _live, _tools, _telephony, _time, _logger) = (source, agents, table, calls, live, tools, telephony, time, logger);
        _inUse = SettingsInUse.Values(started);
    }

    /// <summary>That the files hold something else than what is in use, because it was refused; null where that is not so. Any thread.</summary>
    public string? Problem => _problem;

    /// <summary>Reads the settings anew and takes them into use if nothing is wrong with any of them.</summary>
    /// <param name="isWanted">Whether somebody asked for it, who is told again what the log has been told before.</param>
    /// <param name="awaitsSilent">Whether a source of tools that worked and does not answer now speaks against it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ReloadOutcome> RunAsync(bool isWanted, bool awaitsSilent, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            var outcome = await ReadAndTakeAsync(awaitsSilent, cancellation);
            Tell(outcome, isWanted);
            return outcome;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<ReloadOutcome> ReadAndTakeAsync(bool awaitsSilent, CancellationToken cancellation)
    {
        try
        {
            var read = _source.Read();
            List<string> faults = [.. _source.UnknownSections()];
            if (CheckedSettings.Of(read, _source.Folder, faults) is not { } settings)
                return ReloadOutcome.Refused(faults);
            return await TakeAsync(settings, awaitsSilent, cancellation);
        }
        catch (InvalidDataException nonsense)
        {
            return ReloadOutcome.Refused([string.Join(' ', new[] { nonsense.Message, nonsense.GetBaseException().Message }.Distinct())],   // the inner one has the line
                mayPass: nonsense.InnerException is IOException or UnauthorizedAccessException);
        }
        // Permission may be given, a lock be lifted, a file come into its place, without any trace on those that are watched.
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            return ReloadOutcome.Refused([closed.Message], mayPass: true);
        }
    }

    private async Task<ReloadOutcome> TakeAsync(CheckedSettings read, bool awaitsSilent, CancellationToken cancellation)
    {
        var values = SettingsInUse.Values(read.Configuration);
        var all = SettingsInUse.Changed(_inUse, values);
        List<string> changed = [.. all.Where(SettingsInUse.AppliesAtOnce)];
        List<string> waiting = [.. all.Except(changed)];
        var next = SettingsInUse.After(_inUse, values);
        if (HasCredentials(_inUse) && !HasCredentials(next))
            return ReloadOutcome.Refused(["Live:ApiKey is gone, and there is nothing else to sign in with to the Live service: set it, or GEMINI_API_KEY, or restart the service to have the built-in simulated server."]);
        var stoodInFor = _source.StoodInFor();
        var settings = read;
        if (waiting.Count > 0)
        {
            var faults = new List<string>();
            if (CheckedSettings.Of(Configuration(next), _source.Folder, faults) is not { } both)
                return ReloadOutcome.Refused([.. faults.Select(fault => $"{fault} This is so as long as {string.Join(", ", waiting)} is as the service was started; restart it.")]);
            settings = both;
        }
        await using var tools = await _tools.PrepareAsync(settings.Configuration, ChangeOf(settings, changed, awaitsSilent), cancellation);
        if (tools.Faults.Count > 0)
            return ReloadOutcome.Refused(tools.Faults, tools.MayPass);
        var closing = Task.CompletedTask;
        if (!await _telephony.ReplaceAsync(_telephony.Prepare(settings.Telephony), () => closing = Swap(settings, tools, changed)))
            return ReloadOutcome.Refused(["The service stops, or has too much to do to change anything."], mayPass: true);
        _inUse = next;
        await closing;
        return new ReloadOutcome { Changed = [.. changed.Except(stoodInFor, StringComparer.OrdinalIgnoreCase)], NeedRestart = [.. waiting.Union(stoodInFor, StringComparer.OrdinalIgnoreCase)] };
    }

    private ToolChange ChangeOf(CheckedSettings settings, List<string> changed, bool awaitsSilent) => new()
    {
        KeepsSources = !changed.Exists(key => SettingsInUse.IsWithin(key, ToolOptions.Section)),
        AwaitsSilent = awaitsSilent,
        AgentFaults = (agent, tools) => ToolSetup.AgentFaults(settings.Agents, agent, tools, profile => _live.Configure(profile, settings.Live)),
    };

    /// <summary>Completes when the connections are closed that were kept for the former settings.</summary>
    private Task Swap(CheckedSettings settings, PreparedTools tools, List<string> changed)
    {
        tools.Take();
        _agents.Replace(settings.Agents, settings.Telephony);
        _table.MaxCalls = settings.Calls.MaxCalls;
        _calls.Renew(former => former with
        {
            Options = settings.Calls,
            Announcements = settings.Announcements,
            HoldsBySip = trunk => settings.Telephony.Trunks.TryGetValue(trunk, out var options) && options.Hold == TrunkHold.Sip,
        });
        // The connections that are kept ready are not thrown away for nothing.
        return changed.Exists(IsOfLive) ? _live.ReplaceAsync(settings.Live) : Task.CompletedTask;
    }

    private static bool IsOfLive(string key) => SettingsInUse.IsWithin(key, LiveOptions.Section) || SecretFiles.OtherNames.Contains(key, StringComparer.OrdinalIgnoreCase);

    private static bool HasCredentials(IReadOnlyDictionary<string, string?> settings) => LiveSetup.HasCredentials(Configuration(settings));

    private static IConfigurationRoot Configuration(IReadOnlyDictionary<string, string?> settings) => new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    private void Tell(ReloadOutcome outcome, bool isWanted)
    {
        if (outcome.IsTaken && outcome.Changed.Count + outcome.NeedRestart.Count == 0)
            _logger.NothingChanged(_source.File);
        else if (outcome.IsTaken)
            _logger.Reloaded(Keys(outcome.Changed));
        else if (isWanted || !outcome.Faults.SequenceEqual(_told))
            _logger.ReloadRefused(string.Join(" ", outcome.Faults));
        if (outcome.NeedRestart.Count > 0)
            _logger.NeedRestart(Keys(outcome.NeedRestart));
        if (!outcome.Faults.SequenceEqual(_told))
            _problem = outcome.IsTaken ? null : $"configuration refused at {_time.GetUtcNow():O}, the former one is in use: {outcome.Faults[0]}{(outcome.Faults.Count > 1 ? $" ({outcome.Faults.Count - 1} more)" : "")}";
        _told = outcome.Faults;
    }

    private static string Keys(IReadOnlyList<string> keys)
    {
        const int Most = 20;
        return keys.Count == 0 ? "nothing" : string.Join(", ", keys.Take(Most)) + (keys.Count > Most ? $" and {keys.Count - Most} more" : "");
    }
}
