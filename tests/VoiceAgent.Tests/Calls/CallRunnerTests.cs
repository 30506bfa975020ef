using GeminiLive;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Support;
using Telephony.Calls;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Observability;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.Calls;

/// <summary>B27: a caller who waits for the answer does not wait for the pool before the Live session is connected.</summary>
public sealed class CallRunnerTests
{
    [Fact]
    public async Task A_call_that_came_in_connects_its_Live_session_before_the_runner_returns()
    {
        await using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var (clock, connector, options) = (new ManualTimeProvider(), new UnreachableService(), VirtualCall.NewOptions());
        var factory = new LiveClientFactory(Options.Create(new LiveOptions { ApiKey = "test" }), connector, clock, NullLogger<LiveClient>.Instance);
        var services = new VoiceAgent.Calls.CallServices(
            options, factory, new AnnouncementLibrary(options, Path.Combine(Repository.Root, "config")), [],
            new VoiceAgentMetrics(provider.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), factory), clock, NullLogger<CallSession>.Instance);
        var (line, table) = (new VirtualLine(), new CallTable(maxCalls: 1));
        var session = new CallSession(line.Call, new SelectedAgent("reception", new AgentProfile()), services);
        line.Call.Listener = session;
        Assert.True(table.TryAdmit());

        new CallRunner(table, services).RunAtOnce(session);

        Assert.Equal(1, connector.Asked);
        ((ICallListener)session).OnEnded(CallEndReason.Cancelled);
        await session.Completion!.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0, table.Count);
    }

    private sealed class UnreachableService : ILiveConnector
    {
        public int Asked { get; private set; }

        public async Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
        {
            Asked++;
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new LiveConnectAttempt(Socket: null, HttpStatus: null, "cancelled");
        }
    }
}
