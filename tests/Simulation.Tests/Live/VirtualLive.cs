using System.Text.Json;
using Simulation.Live;
using Support;

namespace Simulation.Tests.Live;

/// <summary>A server in memory, its client and all time between them on the test's own thread.</summary>
internal sealed class VirtualLive : IDisposable
{
    private readonly PumpedContext _pump = new();
    private readonly List<RawLiveClient> _clients = [];

    public VirtualLive(SimulatedLiveOptions? options = null) =>
        Server = SimulatedLive.Create(options ?? new() { PrettyPrint = false }, Clock);

    public ManualTimeProvider Clock { get; } = new();

    public SimulatedLive Server { get; }

    /// <summary>The newest session.</summary>
    public SimulatedSession Session => Server.Sessions[^1];

    /// <summary>What the newest client has received.</summary>
    public List<JsonElement> Received { get; private set; } = [];

    /// <summary>Kinds of the newest session's events from the setup on.</summary>
    public IEnumerable<SessionEventKind> Kinds => Session.Events.Select(e => e.Kind).Where(kind => kind is not (SessionEventKind.HandleIssued or SessionEventKind.ScriptStep));

    /// <summary>The close that the newest client saw; null while it is open.</summary>
    public (int Code, string Reason)? Close { get; private set; }

    public static SimulatedLiveOptions Scripted(string steps, string afterwards = "answer") => new()
    {
        PrettyPrint = false,
        Script = LiveScript.Parse($$"""{ "sessions": [ { "afterwards": "{{afterwards}}", "steps": [ {{steps}} ] } ] }"""),
    };

    /// <summary>Connects and sends the setup; answered or not.</summary>
    public void Open(string setup = RawLiveClient.Setup38, string? path = null)
    {
        var isVertex = path?.Contains("aiplatform", StringComparison.Ordinal) == true;
        var client = _pump.Run(() => path is null
            ? RawLiveClient.ConnectAsync(Server)
            : RawLiveClient.ConnectAsync(Server, path, isVertex ? "Authorization" : "x-goog-api-key", isVertex ? "Bearer t" : "key"));
        _clients.Add(client);
        (Received, Close) = ([], null);
        _ = ReadAsync(client, Received);
        Send(setup);
    }

    public void Send(string json) => _pump.Run(() => _clients[^1].SendAsync(json));

    public void SendText(string text = "hello") => Send($$$"""{"realtimeInput":{"text":"{{{text}}}"}}""");

    /// <summary>Sends audio in real time.</summary>
    public void SendAudio(ReadOnlySpan<short> pcm)
    {
        for (; !pcm.IsEmpty; pcm = pcm[Math.Min(320, pcm.Length)..])
        {
            Send(RawLiveClient.Audio(pcm[..Math.Min(320, pcm.Length)]));
            Advance(20);
        }
    }

    public void SendSpeech(int ms) => SendAudio(Tone.Sine(16_000, 300, 16 * ms));

    public void SendSilence(int ms) => SendAudio(new short[16 * ms]);

    public void Answer(string id, string name = "f", string more = "") =>
        Send($$$"""{"toolResponse":{"functionResponses":[{"id":"{{{id}}}","name":"{{{name}}}","response":{"output":"done"}{{{more}}}}]}}""");

    public void Advance(int ms, int stepMs = 10) => _pump.Advance(Clock, TimeSpan.FromMilliseconds(ms), TimeSpan.FromMilliseconds(stepMs));

    public T Run<T>(Func<Task<T>> start) => _pump.Run(start);

    public void Run(Func<Task> start) => _pump.Run(start);

    /// <summary>How often a key was received, at the root or in <c>serverContent</c>.</summary>
    public int Count(string key) => Find(key).Count();

    /// <summary>Values of a key, in order.</summary>
    public IEnumerable<JsonElement> Find(string key)
    {
        foreach (var message in Received)
        {
            if (message.TryGetProperty(key, out var value) || (message.TryGetProperty("serverContent", out var content) && content.TryGetProperty(key, out value)))
                yield return value;
        }
    }

    /// <summary>The last resumable handle.</summary>
    public string LastHandle => Find("sessionResumptionUpdate").Last(update => update.TryGetProperty("newHandle", out _)).GetProperty("newHandle").GetString()!;

    /// <summary>Closes the newest client in good order.</summary>
    public void Leave() => Run(() => _clients[^1].CloseOutputAsync());

    public void Dispose()
    {
        foreach (var client in _clients)
            Run(() => client.DisposeAsync().AsTask());
        Run(() => Server.DisposeAsync().AsTask());
        _pump.Dispose();
    }

    private async Task ReadAsync(RawLiveClient client, List<JsonElement> received)
    {
        while (await client.ReceiveAsync() is { } message)
            received.Add(message);
        if (ReferenceEquals(received, Received))
            Close = client.CloseSeen;
    }
}
