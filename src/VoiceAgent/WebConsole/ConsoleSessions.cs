using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace VoiceAgent.WebConsole;

/// <summary>The browsers that are signed in: cookie -> who.</summary>
/// <remarks>Any thread; bounded: a further one signs out the one that was quiet the longest. Only hashes of the cookies are kept.</remarks>
internal sealed class ConsoleSessions(ConsoleOptions options, TimeProvider time)
{
    /// <summary>Browsers that are signed in at once.</summary>
    public const int MaxSessions = 200;

    private const int SecretBytes = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Signs somebody in; returns what the browser shall bring from now on.</summary>
    public string Open(string user, ConsoleRole role)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var (id, _) in _entries.Where(entry => !IsAlive(entry.Value, now)).ToList())
                _entries.Remove(id);
            if (_entries.Count >= MaxSessions)
                _entries.Remove(_entries.MinBy(entry => entry.Value.TouchedAt).Key);
            var session = new ConsoleSession(Hash(secret), user, role);
            _entries[session.Id] = new Entry(session, now) { TouchedAt = now };
        }
        return secret;
    }

    /// <summary>Who brings it; null for nobody.</summary>
    /// <param name="secret">What the browser brings.</param>
    /// <param name="isTouch">Whether somebody is at work, rather than a page that asks by itself.</param>
    public ConsoleSession? Find(string secret, bool isTouch = true)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (!_entries.TryGetValue(Hash(secret), out var entry) || !IsAlive(entry, now))
                return null;
            if (isTouch)
                entry.TouchedAt = now;
            return entry.Session;
        }
    }

    /// <summary>Whether somebody is still signed in; counts as no touch.</summary>
    public bool IsOpen(ConsoleSession session)
    {
        lock (_gate)
            return _entries.TryGetValue(session.Id, out var entry) && IsAlive(entry, time.GetUtcNow());
    }

    /// <summary>Signs somebody out.</summary>
    public void Close(ConsoleSession session)
    {
        lock (_gate)
            _entries.Remove(session.Id);
    }

    private static string Hash(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private bool IsAlive(Entry entry, DateTimeOffset now) => now - entry.TouchedAt < options.SessionIdle && now - entry.OpenedAt < options.SessionLength;

    private sealed record Entry(ConsoleSession Session, DateTimeOffset OpenedAt)
    {
        public DateTimeOffset TouchedAt { get; set; }
    }
}

/// <summary>Somebody who is signed in.</summary>
/// <param name="Id">Hash of what their browser brings.</param>
/// <param name="User">Their name.</param>
/// <param name="Role">What they may do.</param>
internal sealed record ConsoleSession(string Id, string User, ConsoleRole Role);
