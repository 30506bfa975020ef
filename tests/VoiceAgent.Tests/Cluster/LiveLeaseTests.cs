using VoiceAgent.Calls;

namespace VoiceAgent.Tests.Cluster;

/// <summary>Live sessions that several nodes share: never more than the limit, whatever fails between them, and not less where they are wanted.</summary>
public sealed class LiveLeaseTests
{
    private const int Limit = 40;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory, MemberData(nameof(Seeds))]
    public void Never_more_calls_than_the_limit_whatever_fails_in_between(int seed)
    {
        var random = new Random(seed);
        var quota = new SharedQuota(Limit, nodes: 2 + seed % 4);
        var most = 0;
        for (var step = 0; step < 4_000; step++)
        {
            Happen(quota, random, depth: 0);
            most = Math.Max(most, quota.Running);
            Assert.True(quota.Running <= Limit, $"{quota.Running} calls after step {step}");
        }
        Assert.True(most > Limit / 2, $"no more than {most} calls came about: nothing was proven");

        Heal(quota);
        Fill(quota);
        Assert.Equal(Limit, quota.Running);
    }

    [Fact]
    public void A_node_that_all_callers_go_to_gets_what_the_others_do_not_need()
    {
        var quota = new SharedQuota(Limit, nodes: 3);
        RenewAll(quota, times: 4);
        Assert.All(quota.Nodes, node => Assert.Equal(Limit / 3, node.Allowance.Sessions));
        for (var i = 0; i < 30; i++)
        {
            quota.Nodes[0].Call(lastsMs: 1_000_000);
            RenewAll(quota, times: 1);
            quota.Advance(500);
        }
        Assert.Equal(30, quota.Nodes[0].Calls.Count);
    }

    [Fact]
    public void Where_they_do_not_suffice_each_node_has_some_for_its_next_calls()
    {
        var quota = new SharedQuota(Limit, nodes: 3);
        RenewAll(quota, times: 4);
        for (var i = 0; i < 11; i++)
            foreach (var node in quota.Nodes)
                node.Call(lastsMs: 1_000_000);
        RenewAll(quota, times: 4);
        Assert.Equal(33, quota.Running);
        Assert.All(quota.Nodes, node => Assert.InRange(node.Allowance.Sessions, 13, 14));
    }

    [Fact]
    public void A_node_that_drains_leaves_its_sessions_to_the_others()
    {
        var quota = new SharedQuota(Limit, nodes: 2);
        RenewAll(quota, times: 2);
        quota.Nodes[0].Call(lastsMs: 1_000_000);
        quota.Nodes[0].Calls.Pause(new IntakeStop("test", default));
        for (var i = 0; i < 50; i++)
        {
            RenewAll(quota, times: 1);
            quota.Nodes[1].Call(lastsMs: 1_000_000);
        }
        Assert.Equal((1, Limit - 1), (quota.Nodes[0].Calls.Count, quota.Nodes[1].Calls.Count));
    }

    [Fact]
    public void Without_the_database_calls_are_taken_for_the_leases_time_and_running_ones_go_on()
    {
        var quota = new SharedQuota(Limit, nodes: 1);
        var node = quota.Nodes[0];
        Assert.False(node.Calls.HasRoom);   // nothing is held before the first lease
        node.Renew();
        quota.IsAway = true;
        node.Call(lastsMs: 1_000_000);
        quota.Advance((int)quota.Options.LeaseTime.TotalMilliseconds - 1);
        node.Renew();
        Assert.True(node.Calls.HasRoom);
        quota.Advance(1);
        Assert.Equal((false, 1), (node.Calls.HasRoom, node.Calls.Count));
        quota.IsAway = false;
        node.Renew();
        Assert.True(node.Calls.HasRoom);
    }

    [Fact]
    public void A_lost_nodes_sessions_are_the_others_once_its_calls_were_given_their_time()
    {
        var quota = new SharedQuota(Limit, nodes: 2);
        RenewAll(quota, times: 2);
        for (var i = 0; i < 10; i++)
            quota.Nodes[0].Call(lastsMs: 1_000_000);
        RenewAll(quota, times: 2);
        var held = quota.Nodes[0].Allowance.Granted;
        quota.Nodes[0].IsCutOff = true;
        var kept = (int)(quota.Options.LeaseTime + quota.Options.LostSessionsHeld).TotalMilliseconds;
        Pass(quota, quota.Nodes[1], kept - 1_000);
        Assert.Equal(Limit - held, quota.Nodes[1].Calls.Count);
        Pass(quota, quota.Nodes[1], 30_000);
        Assert.Equal(Limit, quota.Nodes[1].Calls.Count);
    }

    [Fact]
    public void A_database_that_was_away_for_all_takes_no_sessions_from_anybody()
    {
        var quota = new SharedQuota(Limit, nodes: 2);
        RenewAll(quota, times: 2);
        for (var i = 0; i < Limit; i++)
            quota.Nodes[0].Call(lastsMs: 10_000_000);
        var running = quota.Running;
        RenewAll(quota, times: 1);
        quota.IsAway = true;
        quota.Advance(3_600_000);
        quota.IsAway = false;
        quota.Nodes[1].Renew();   // the first one back
        for (var i = 0; i < Limit; i++)
            quota.Nodes[1].Call(lastsMs: 10_000);
        Assert.InRange(quota.Running, running, Limit);
    }

    [Theory, InlineData(-1, Limit / 2), InlineData(1_000, Limit)]
    public void After_an_outage_nothing_is_kept_for_calls_that_must_have_ended(int longerMs, int expected)
    {
        var quota = new SharedQuota(Limit, nodes: 2);
        RenewAll(quota, times: 2);
        quota.IsAway = true;
        quota.Advance((int)(SharedQuota.LongestCall + quota.Options.LeaseTime).TotalMilliseconds + longerMs);
        quota.IsAway = false;
        quota.Nodes[1].Renew();   // the other one was started elsewhere, and never comes back
        Assert.Equal(expected, quota.Nodes[1].Allowance.Sessions);
    }

    // Anything that may happen to one of them or to all; while an answer is on its way, something else happens.
    private static void Happen(SharedQuota quota, Random random, int depth)
    {
        var node = quota.Nodes[random.Next(quota.Nodes.Count)];
        switch (random.Next(200))
        {
            case < 90:
                node.Call(lastsMs: random.Next(1, 20_000));
                break;
            case < 160:
                if (depth == 0 && random.Next(4) == 0)
                    quota.Meanwhile = () => Happen(quota, random, depth: 1);
                node.Renew(random.Next(10) == 0 ? (SharedQuota.Fate)random.Next(1, 4) : SharedQuota.Fate.Done);
                quota.Meanwhile = null;
                break;
            case < 194:
                quota.Advance(random.Next(1, 400));
                break;
            case 194:
                node.Freeze(random.Next(1, 20_000), isSuspended: random.Next(2) == 0);
                break;
            case 195:
                node.IsCutOff = !node.IsCutOff;
                break;
            case 196:
                quota.IsAway = !quota.IsAway;
                break;
            case 197:
                quota.Advance(random.Next(1, 20_000));
                break;
            case 198:
                node.Calls.Pause(new IntakeStop("test", default));
                break;
            default:
                node.Calls.Resume();
                break;
        }
    }

    private static void Heal(SharedQuota quota)
    {
        quota.IsAway = false;
        quota.Advance(30_000);
        foreach (var node in quota.Nodes)
        {
            node.IsCutOff = false;
            node.Calls.Resume();
        }
        RenewAll(quota, times: 1);
        quota.Advance(100_000);   // whatever was lost has lapsed
        RenewAll(quota, times: 2);
    }

    // As a proxy does it: where one has no room, the next is asked.
    private static void Fill(SharedQuota quota)
    {
        for (var i = 0; i < 4 * Limit; i++)
        {
            var before = quota.Running;
            foreach (var node in quota.Nodes.TakeWhile(_ => quota.Running == before))
                node.Call(lastsMs: 1_000_000);
            RenewAll(quota, times: 1);
        }
    }

    private static void Pass(SharedQuota quota, SharedQuota.Node node, int ms)
    {
        for (var passed = 0; passed < ms; passed += 500)
        {
            quota.Advance(500);
            node.Renew();
            node.Call(lastsMs: 1_000_000);
        }
    }

    private static void RenewAll(SharedQuota quota, int times)
    {
        for (var i = 0; i < times; i++)
            foreach (var node in quota.Nodes)
                node.Renew();
    }
}
