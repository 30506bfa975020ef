using System.Collections.Concurrent;
using GeminiLive.Configuration;
using GeminiLive.Credentials;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GeminiLive;

/// <summary>Makes sessions from the configured values: one factory for a process, since what it learns of a service that is down holds for all sessions.</summary>
/// <remarks>Any thread.</remarks>
public sealed class LiveClientFactory
{
    private readonly IOptions<LiveOptions> _options;
    private readonly ILiveConnector _connector;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly LiveConnectGate _gate;
    private readonly CredentialStore _credentials;
    private readonly LiveCrowd _crowd = new();
    private LiveWarmPool? _pool;
    private volatile LiveOptions? _replaced;
    private volatile bool _keepsWarm;
    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);

    /// <summary>A factory outside a host; inside one <see cref="LiveSetup.AddLive"/> makes it.</summary>
    /// <param name="options">Key, model and all else; not to be changed any more.</param>
    /// <param name="timeProvider">Clock; null takes the system's.</param>
    /// <param name="loggerFactory">Where to log; null logs nowhere.</param>
    /// <exception cref="OptionsValidationException">A setting is not usable; the message names each.</exception>
    public LiveClientFactory(LiveOptions options, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
        : this(Checked(options), new WebSocketConnector(options, timeProvider), timeProvider ?? TimeProvider.System, (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<LiveClient>())
    {
    }

    internal LiveClientFactory(IOptions<LiveOptions> options, ILiveConnector connector, TimeProvider timeProvider, ILogger logger, CredentialStore? credentials = null, Random? spread = null)
    {
        (_options, _connector, _timeProvider, _logger) = (options, connector, timeProvider, logger);
        _credentials = credentials ?? new CredentialStore(timeProvider: timeProvider, logger: logger);
        _gate = new LiveConnectGate(timeProvider, logger) { Spread = spread ?? Random.Shared };
    }

    /// <summary>The configured values, key included, as they hold for new sessions.</summary>
    public LiveOptions Options => _replaced ?? _options.Value;

    /// <summary>Connections of all sessions so far.</summary>
    public LiveConnectCounts Counts => _gate.Counts;

    /// <summary>Targets that are taken for down, each by its section, model and address.</summary>
    public IReadOnlyList<string> TargetsDown => _gate.Down;

    /// <summary>Whether all that a session without wishes of its own would try (section <c>Live</c> and its fallbacks) is taken for down.</summary>
    public bool IsDown => Counts.OpenBreakers > 0 && Configure().Targets.All(target => _gate.For(target).IsOpen);

    /// <summary>Opens a session and closes it again, at the pace at which what is down may be asked: shows whether it serves again while there is no call that would.</summary>
    /// <returns>Whether it does.</returns>
    public async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        await using var session = Create(Configure(), SilentListener.Instance);
        return (await session.ConnectAsync(cancellationToken)).Failure is null;
    }

    /// <summary>Caller audio in chunks of the configured length.</summary>
    public Uplink CreateUplink() => new(Options.AudioChunkMs, Options.AudioPairsFrom, _crowd);

    /// <summary>What an agent's session asks for, and where: its own wishes over section <c>Live</c>. Instructions and the like are added by the caller.</summary>
    /// <param name="agent">What the agent says itself; null for plain section <c>Live</c>.</param>
    /// <param name="options">Section <c>Live</c>, which need not be in use yet; null for <see cref="Options"/>.</param>
    public LiveSessionConfig Configure(LiveSessionSettings? agent = null, LiveOptions? options = null)
    {
        options ??= Options;
        var settings = (agent ?? new LiveSessionSettings()).Over(options);
        var targets = TargetResolver.Resolve(options, settings, _credentials);
        var profiles = new ModelProfiles(options.Profiles);
        foreach (var target in targets.Where(target => profiles.IsUnknown(target.Model) && _warned.TryAdd(target.Model, true)))
            _logger.UnknownModel(target.Model, target.Profile.Family);
        return new LiveSessionConfig { Settings = settings, Targets = targets };
    }

    /// <summary>Why <see cref="Create(LiveSessionConfig, ILiveListener)"/> would refuse a session, such as functions that do not go together with its other settings.</summary>
    /// <returns>A sentence; null when nothing is wrong.</returns>
    public static string? Fault(LiveSessionConfig config) => ConfigChecks.Fault(config);

    /// <summary>Opens the configured number of connections to the first target ahead of the first call; nothing when it is 0.</summary>
    public void KeepWarm()
    {
        _keepsWarm = true;
        Pool.Keep(Configure().Targets[0]);
    }

    /// <summary>Closes the connections that were kept open for nobody.</summary>
    public ValueTask StopKeepingWarmAsync()
    {
        _keepsWarm = false;
        return _pool?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>New sessions go by other settings from now on; those that run keep theirs. <see cref="LiveOptions.KeepAliveInterval"/> and <see cref="LiveOptions.KeepAliveTimeout"/> stay.</summary>
    /// <param name="options">Checked as at the start, and not to be changed any more.</param>
    /// <returns>Completes when the connections are closed that were kept open by the former settings.</returns>
    public Task ReplaceAsync(LiveOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _replaced = options;
        var former = Interlocked.Exchange(ref _pool, new LiveWarmPool(_connector, _gate, options, _timeProvider, _logger));
        if (_keepsWarm)
            KeepWarm();
        return former?.DisposeAsync().AsTask() ?? Task.CompletedTask;
    }

    /// <summary>Connections kept open ahead of calls.</summary>
    internal LiveWarmPool Pool => LazyInitializer.EnsureInitialized(ref _pool, () => new LiveWarmPool(_connector, _gate, Options, _timeProvider, _logger));

    /// <summary>A session that is not connected yet.</summary>
    /// <param name="config">From <see cref="Configure"/>.</param>
    /// <param name="listener">Hears what the session says: a <see cref="LiveEventStream"/>, or one of your own.</param>
    /// <exception cref="ArgumentException">The session asks for what its model does not have, or a function's declaration is no good.</exception>
    public LiveClient Create(LiveSessionConfig config, ILiveListener listener) => Create(config, listener, CreateUplink(), Guid.NewGuid().ToString("N"));

    /// <inheritdoc cref="Create(LiveSessionConfig, ILiveListener)"/>
    /// <param name="config">From <see cref="Configure"/>.</param>
    /// <param name="listener">Hears what the session says.</param>
    /// <param name="uplink">From <see cref="CreateUplink"/>; belongs to this session alone.</param>
    /// <param name="callId">Name of the session in the log.</param>
    public LiveClient Create(LiveSessionConfig config, ILiveListener listener, Uplink uplink, string callId) =>
        ConfigChecks.Fault(config) is { } fault
            ? throw new ArgumentException(fault, nameof(config))
            : new(config, Options, listener, uplink, _connector, _gate, Pool, _timeProvider, _logger, callId);

    private static IOptions<LiveOptions> Checked(LiveOptions options)
    {
        var result = new LiveOptionsValidator().Validate(name: null, options);
        return result.Succeeded
            ? Microsoft.Extensions.Options.Options.Create(options)
            : throw new OptionsValidationException(LiveOptions.Section, typeof(LiveOptions), result.Failures);
    }
}
