using Storage;
using VoiceAgent.Calls;
using VoiceAgent.Cluster;

namespace VoiceAgent.Tests.Cluster;

/// <summary>Nodes that share a quota, their database and all clocks, on virtual time: whatever may go wrong between them is done by the test.</summary>
internal sealed class SharedQuota : ILeaseStore
{
    /// <summary>No call lasts longer.</summary>
    public static readonly TimeSpan LongestCall = TimeSpan.FromHours(2);

    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<string, LeaseRow> _rows = new(StringComparer.Ordinal);
    private long _beat;
    private long _since;

    public SharedQuota(int limit, int nodes, int maxCalls = 1_000)
    {
        Options = new ClusterOptions { LiveSessions = limit, SpareSessions = 4 };
        Nodes = [.. Enumerable.Range(0, nodes).Select(i => new Node(this, $"node{i}", maxCalls))];
    }

    public ClusterOptions Options { get; }

    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Real time, and the database's.</summary>
    public long NowMs { get; private set; } = 1_000_000;

    /// <summary>Whether the database is away for all.</summary>
    public bool IsAway { get; set; }

    /// <summary>What becomes of the next renewal.</summary>
    public Fate NextFate { get; set; }

    /// <summary>What happens while the next renewal's answer is on its way.</summary>
    public Action? Meanwhile { get; set; }

    public int Running => Nodes.Sum(node => node.Calls.Count);

    public void Advance(int ms)
    {
        NowMs += ms;
        foreach (var node in Nodes)
            node.Advance(ms);
    }

    public Task<int> RenewAsync(Func<LeaseLook, LeaseRow> decide, CancellationToken cancellation)
    {
        var fate = NextFate;
        NextFate = Fate.Done;
        if (IsAway || fate == Fate.Unreached)
            throw new DatabaseException("away");
        (_beat, _since) = (NowMs, NowMs - _beat > Gap.TotalMilliseconds ? NowMs : _since);
        var look = new LeaseLook(NowMs, _since, (long)(LongestCall + Options.LeaseTime).TotalMilliseconds, [.. _rows.Values]);
        var own = decide(look);
        if (fate == Fate.RolledBack)
            throw new DatabaseException("rolled back");
        foreach (var lapsed in look.Rows.Where(look.IsLapsed))
            _rows.Remove(lapsed.Process);
        _rows[own.Process] = own;
        var meanwhile = Meanwhile;
        Meanwhile = null;
        meanwhile?.Invoke();
        return fate == Fate.AnswerLost ? throw new DatabaseException("answer lost") : Task.FromResult(own.Granted);
    }

    internal enum Fate
    {
        Done,
        Unreached,
        RolledBack,
        AnswerLost,
    }

    /// <summary>A node; its two clocks are its own.</summary>
    internal sealed class Node
    {
        private readonly List<long> _ends = [];
        private readonly SharedQuota _quota;
        private readonly Clock _clock = new();
        private int _frozenMs;

        public Node(SharedQuota quota, string name, int maxCalls)
        {
            _quota = quota;
            Allowance = new LiveAllowance(_clock);
            Calls = new CallTable(maxCalls, Allowance);
            Lease = new LiveLease(quota, name, quota.Options, Calls, Allowance);
        }

        public LiveAllowance Allowance { get; }

        public CallTable Calls { get; }

        public LiveLease Lease { get; }

        /// <summary>Whether it stands still: nothing of it runs, its calls go on all the same.</summary>
        public bool IsFrozen => _frozenMs > 0;

        /// <summary>Whether the database is away for this node alone.</summary>
        public bool IsCutOff { get; set; }

        /// <summary>Has it stand still; as a suspended machine one of its clocks does so too.</summary>
        public void Freeze(int ms, bool isSuspended) => (_frozenMs, _clock.IsSuspended) = (ms, isSuspended);

        public void Advance(int ms)
        {
            _clock.Advance(ms);
            _frozenMs = Math.Max(0, _frozenMs - ms);
            if (IsFrozen)
                return;
            _clock.IsSuspended = false;
            for (var i = _ends.RemoveAll(end => end <= _quota.NowMs); i > 0; i--)
                Calls.Release();
        }

        public void Call(int lastsMs)
        {
            if (!IsFrozen && Calls.TryAdmit())
                _ends.Add(_quota.NowMs + lastsMs);
        }

        public void Renew(Fate fate = Fate.Done)
        {
            if (IsFrozen)
                return;
            _quota.NextFate = IsCutOff ? Fate.Unreached : fate;
            try
            {
                Lease.RenewAsync(CancellationToken.None).GetAwaiter().GetResult();   // virtual time: it is done when it returns
            }
            catch (DatabaseException)
            {
                // What is held is held on.
            }
        }

        private sealed class Clock : TimeProvider
        {
            private readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            private long _ticks;
            private long _utcTicks;

            public bool IsSuspended { get; set; }

            public override long TimestampFrequency => TimeSpan.TicksPerSecond;

            public void Advance(int ms)
            {
                _utcTicks += ms * TimeSpan.TicksPerMillisecond;
                if (!IsSuspended)
                    _ticks += ms * TimeSpan.TicksPerMillisecond;
            }

            public override long GetTimestamp() => _ticks;

            public override DateTimeOffset GetUtcNow() => _start + TimeSpan.FromTicks(_utcTicks);
        }
    }
}
