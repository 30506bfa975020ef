using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GeminiLive;
using Microsoft.Extensions.Logging.Abstractions;
using Telephony.Calls;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Observability;

namespace VoiceAgent.Rehearsal;

/// <summary>Takes the warm-up's calls as a <see cref="CallSession"/> each, with a Live session at a server of its own on loopback: without that the first caller waits for all of it to be compiled.</summary>
/// <remarks>No meter, record, log or tool of the service hears of these calls. Whatever goes wrong costs speed only.</remarks>
internal sealed class CallRehearsal(AnnouncementLibrary announcements, TimeProvider timeProvider) : ICallRehearsal
{
    private const string Name = "warm-up";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LivePatience = TimeSpan.FromSeconds(10);   // the first of them waits for its code to be compiled; the phone gives up all of it by then

    private readonly ConcurrentQueue<Task> _calls = new();
    private readonly DiscardedMeters _meters = new();
    private RehearsalLive? _live;
    private CallServices? _services;

    /// <summary>Calls taken so far.</summary>
    public int Calls => _calls.Count;

    /// <inheritdoc/>
    public void OnCallOffered(Call call)
    {
        var session = new CallSession(call, new SelectedAgent(Name, new AgentProfile()), _services ??= CreateServices());
        call.Listener = session;
        _calls.Enqueue(Task.Run(() => RunAsync(session)));
    }

    /// <summary>Waits for the calls to be over, no longer than two seconds, and closes the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_calls).WaitAsync(Patience, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_live is not null)
            await _live.DisposeAsync();
        _meters.Dispose();
    }

    private static async Task RunAsync(CallSession session)
    {
        await using (session)
            await session.RunAsync();
    }

    private CallServices CreateServices()
    {
        _live = new RehearsalLive();
        var live = new LiveClientFactory(new LiveOptions { Endpoint = _live.Endpoint, ApiKey = Name, ConnectTimeout = LivePatience, SetupTimeout = LivePatience }, timeProvider);
        return new CallServices(new CallOptions(), live, announcements, [], new VoiceAgentMetrics(_meters, live), timeProvider, NullLogger<CallSession>.Instance);
    }

    /// <summary>Meters that nobody listens to, as they have another name.</summary>
    private sealed class DiscardedMeters : IMeterFactory
    {
        private readonly Meter _meter = new("VoiceAgent.WarmUp");

        public Meter Create(MeterOptions options) => _meter;

        public void Dispose() => _meter.Dispose();
    }
}
