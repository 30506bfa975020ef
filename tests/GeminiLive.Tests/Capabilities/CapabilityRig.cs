using System.Text;
using System.Text.Json;
using GeminiLive.Credentials;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Simulation.Live;

namespace GeminiLive.Tests.Capabilities;

/// <summary>From settings as a person writes them to the frames that the simulated service received.</summary>
internal sealed class CapabilityRig : ILiveListener, IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ServiceProvider _services;
    private readonly IConfiguration _configuration;

    private CapabilityRig(SimulatedLive server, string json, Func<string?, ILiveCredentials>? signIn)
    {
        Server = server;
        var overlay = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["Live:Endpoint"] = new Uri(server.Endpoint, "/").AbsoluteUri };
        var written = Read(json).Build();
        if (written["Live:Backend"] is null && written["Live:ApiKey"] is null && written["Live:EphemeralToken"] is null)
            overlay["Live:ApiKey"] = "k";
        _configuration = Read(json).AddInMemoryCollection(overlay).Build();
        _services = Services(_configuration, signIn ?? (_ => new FakeSignIn()), Log);
    }

    public SimulatedLive Server { get; }

    public LogLines Log { get; } = new();

    public LiveClientFactory Factory => _services.GetRequiredService<LiveClientFactory>();

    /// <summary>A simulated service and a client configured for it.</summary>
    public static async Task<CapabilityRig> StartAsync(string json, SimulatedLiveOptions? service = null, Func<string?, ILiveCredentials>? signIn = null) =>
        new(await SimulatedLive.StartAsync(service ?? new SimulatedLiveOptions { AutoAnswer = false }, TimeProvider.System), json, signIn);

    /// <summary>A client configured for a service that is there already, and that it takes along when it goes.</summary>
    public static CapabilityRig On(SimulatedLive service, string json) => new(service, json, signIn: null);

    /// <summary>The factory that these settings make, as they are.</summary>
    public static LiveClientFactory FactoryOf(string json) => Services(Read(json).Build(), _ => new FakeSignIn(), new LogLines()).GetRequiredService<LiveClientFactory>();

    /// <summary>The setup that the service received and accepted.</summary>
    public static async Task<JsonElement> SentAsync(string json, Func<LiveSessionConfig, LiveSessionConfig>? change = null)
    {
        await using var rig = await StartAsync(json);
        return await rig.ConnectAsync(change);
    }

    /// <summary>What a start with these settings complains about.</summary>
    public static IReadOnlyList<string> Refusals(string json)
    {
        using var services = Services(Read(json).Build(), _ => new FakeSignIn(), new LogLines());
        var refusal = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());
        return [.. refusal.Failures];
    }

    /// <summary>Configures a session as an agent below <c>Agents:Profiles:a</c> would, connects it, and gives the setup that the service accepted.</summary>
    public async Task<JsonElement> ConnectAsync(Func<LiveSessionConfig, LiveSessionConfig>? change = null)
    {
        var number = Server.Sessions.Count + 1;
        var result = await TryConnectAsync(change);
        Assert.True(result.IsReady, result.Failure?.Detail);
        var session = await Server.WaitForSessionAsync(number, Limit);
        return JsonDocument.Parse(session.Messages[0].Json).RootElement.GetProperty("setup");
    }

    /// <summary>The same, when it may fail.</summary>
    public async Task<LiveConnectResult> TryConnectAsync(Func<LiveSessionConfig, LiveSessionConfig>? change = null)
    {
        _services.GetRequiredService<IStartupValidator>().Validate();
        var config = Factory.Configure(_configuration.GetSection("Agents:Profiles:a").Get<LiveSessionSettings>());
        await using var client = Factory.Create(change is null ? config : change(config), this, Factory.CreateUplink(), "c1");
        return await client.ConnectAsync(CancellationToken.None);
    }

    public void OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn)
    {
    }

    public void OnInterrupted()
    {
    }

    public void OnEvent(LiveEvent liveEvent)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static IConfigurationBuilder Read(string json) => new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));

    private static ServiceProvider Services(IConfiguration configuration, Func<string?, ILiveCredentials> signIn, ILoggerProvider log)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(log)).AddSingleton(new CredentialStore(signIn)).AddLive(configuration);
        return services.BuildServiceProvider();
    }
}

/// <summary>Google Cloud's sign-in, counted: another token each time.</summary>
internal sealed class FakeSignIn : ILiveCredentials
{
    public int Tokens { get; private set; }

    public ValueTask<LiveCredential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new LiveCredential("Authorization", $"Bearer token-{++Tokens}"));
}

/// <summary>What was logged.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
            _lines.Add($"{logLevel}: {formatter(state, exception)}");
    }

    public void Dispose()
    {
    }
}
