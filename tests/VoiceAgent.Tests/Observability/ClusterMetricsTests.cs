using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VoiceAgent.Cluster;
using VoiceAgent.Observability;
using VoiceAgent.Observability.Exposition;
using VoiceAgent.Tests.Cluster;

namespace VoiceAgent.Tests.Observability;

/// <summary>What a node tells of its place among the others.</summary>
public sealed class ClusterMetricsTests
{
    private readonly SharedQuota _quota = new(limit: 40, nodes: 2);
    private readonly ClusterHealth _health = new();

    [Fact]
    public void Sessions_are_told_with_the_quota_that_they_are_of_and_are_none_once_the_lease_has_ended()
    {
        for (var i = 0; i < 4; i++)
        {
            foreach (var node in _quota.Nodes)
                node.Renew();
        }
        _quota.Nodes[0].Call(lastsMs: 1_000_000);
        var text = Tell();
        Assert.Contains("""voiceagent_cluster_sessions_limit{project="default"} 40""", text, StringComparison.Ordinal);
        Assert.Contains("""voiceagent_cluster_sessions_held{project="default"} 20""", text, StringComparison.Ordinal);
        Assert.Contains("""voiceagent_cluster_sessions_used{project="default"} 1""", text, StringComparison.Ordinal);
        Assert.Contains("voiceagent_cluster_alone 0", text, StringComparison.Ordinal);
        _quota.Advance((int)_quota.Options.LeaseTime.TotalMilliseconds);
        _health.Problem = new ClusterHealth.Outage("away", DateTimeOffset.UnixEpoch);
        text = Tell();
        Assert.Contains("""voiceagent_cluster_sessions_held{project="default"} 0""", text, StringComparison.Ordinal);
        Assert.Contains("voiceagent_cluster_alone 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_told_of_sessions_that_are_not_shared() => Assert.DoesNotContain("voiceagent_cluster_sessions_held{", Tell(isShared: false), StringComparison.Ordinal);

    private string Tell(bool isShared = true)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var text = new MetricsText(meters);
        text.Start();
        var node = _quota.Nodes[0];
        new ClusterMetrics(meters, Options.Create(_quota.Options), _health, node.Calls, isShared ? node.Allowance : null).Start();
        return text.Write();
    }
}
