using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using EndToEnd.Tests.Peers;
using Simulation.Live;
using Storage;
using Support;
using Support.Databases;
using VoiceAgent.Cluster;

namespace EndToEnd.Tests.Cluster;

/// <summary>Three nodes as processes of their own, the PostgreSQL that they share, the edge in front of them with the configuration that ships, and one simulated Live server.</summary>
internal sealed class ClusterLab : IAsyncDisposable
{
    /// <summary>Live sessions that all nodes together may have.</summary>
    public const int LiveSessions = 72;

    private const string Key = "a-key-of-sixteen-characters";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly PostgreSqlServer _server = new();
    private readonly List<Node> _nodes = [];
    private EdgeProxy? _edge;

    public SimulatedLive Live { get; private set; } = null!;

    public DatabaseOptions Database { get; private set; } = null!;

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Where callers call.</summary>
    public IPEndPoint Edge => _edge!.Udp;

    public string EdgeLog => _edge?.Log ?? "";

    public static async Task<ClusterLab> StartAsync()
    {
        var lab = new ClusterLab();
        try
        {
            lab.Live = await SimulatedLive.StartAsync(new SimulatedLiveOptions(), TimeProvider.System);
            lab.Database = new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = await lab._server.CreateDatabaseAsync() };
            for (var i = 0; i < 3; i++)
                lab._nodes.Add(new Node(lab, i));
            lab._edge = await EdgeProxy.StartAsync([.. lab.Nodes.Select(node => node.Sip)]);
            await lab.UntilAsync("three nodes are ready", async () => (await lab.Nodes[0].ReadAsync())?.Nodes.Count(node => node.State == "ready") == 3);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has calls made through the edge.</summary>
    public Task<SippResult> CallAsync(int calls, int perSecond, TimeSpan stay, CancellationToken stop = default) =>
        Sipp.RunAsync(new SippRun("call", Edge) { MediaPorts = [.. Enumerable.Repeat(9, calls)], CallsPerSecond = perSecond, Stay = stay, Limit = TimeSpan.FromSeconds(90) }, stop);

    /// <summary>Waits until something is so.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await isSo())
        {
            Assert.False(limit.IsCancellationRequested, $"not so: {what}\n{string.Join('\n', (await Nodes[0].ReadAsync())?.Nodes ?? [])}\n{EdgeLog}\n{string.Join('\n', Nodes.Select(node => node.Log))}");
            await Task.Delay(200, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_edge is not null)
            await _edge.DisposeAsync();
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (Live is not null)
            await Live.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>A node: the program as it is run, with nothing but settings from its environment.</summary>
    internal sealed class Node : IAsyncDisposable
    {
        private readonly PeerProcess _process;
        private readonly HttpClient _http;

        public Node(ClusterLab lab, int number)
        {
            Name = $"node{number}";
            Sip = new(IPAddress.Loopback, PeerPorts.Take());
            var http = $"http://127.0.0.1:{PeerPorts.Take()}";
            _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(http), Timeout = TimeSpan.FromSeconds(10) };
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
            _process = PeerProcess.Start("dotnet", Repository.Root, [Path.Combine(AppContext.BaseDirectory, "voiceagent.dll"), "run"], isAtHome: true, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Telephony__Listen__0"] = $"udp://{Sip}",
                ["Telephony__Listen__1"] = $"tcp://{Sip}",
                ["Telephony__Rtp__PortRange"] = $"{22_000 + 400 * number}-{22_398 + 400 * number}",
                ["Telephony__Rtp__FirstPacketTimeout"] = "00:05:00",   // callers say nothing here
                ["Live__Endpoint"] = $"{lab.Live.Endpoint}",
                ["Live__ApiKey"] = "test",
                ["Live__AudioChunkMs"] = "100",   // few messages, and an agent that says nothing: sound is of no interest here
                ["Http__Listen"] = http,
                ["Http__ApiKey"] = Key,
                ["Database__Provider"] = "PostgreSql",
                ["Database__ConnectionString"] = lab.Database.ConnectionString,
                ["Database__Instance"] = Name,
                ["Cluster__LiveSessions"] = $"{LiveSessions}",
                ["Agents__Profiles__reception__Greeting"] = "",
                ["Logging__LogLevel__Default"] = "Warning",
                ["DOTNET_TieredPGO"] = "0",
                ["DOTNET_TC_QuickJit"] = "1",   // three starts at once: soon rather than best
            });
        }

        public string Name { get; }

        public IPEndPoint Sip { get; }

        public string Log => $"{Name}: {_process.Output}";

        /// <summary>What it says of all of them; null while it does not answer.</summary>
        public async Task<ClusterView?> ReadAsync()
        {
            try
            {
                await using var answer = await _http.GetStreamAsync(new Uri("/cluster", UriKind.Relative));
                return await JsonSerializer.DeserializeAsync(answer, ClusterJson.Default.ClusterView);
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }

        /// <summary>Ids of its own calls, as this node tells them.</summary>
        public async Task<IReadOnlyList<string>> CallsAsync() =>
            [.. ((await ReadAsync())?.Calls ?? []).Where(call => call.Node == Name).Select(call => call.CallId).Order(StringComparer.Ordinal)];

        public async Task PostAsync(string path)
        {
            using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), null);
            answer.EnsureSuccessStatusCode();
        }

        public Task KillAsync() => _process.KillAsync();

        public async ValueTask DisposeAsync()
        {
            await _process.DisposeAsync();
            _http.Dispose();
        }
    }
}
