using System.Security.Cryptography.X509Certificates;

namespace Telephony.Sip.Identity.Stir;

/// <summary>Address -> signer's certificate: fetched once, kept for a day, failures for half a minute.</summary>
/// <remarks>Any thread. Bounded in entries and in fetches at a time: tokens of strangers name the addresses.</remarks>
/// <param name="fetch">Gets the bytes; null stands for what cannot be fetched.</param>
/// <param name="authorities">Who may vouch for signers.</param>
/// <param name="timeout">Longest wait for one.</param>
/// <param name="time">The service's clock.</param>
internal sealed class CertificateStore(Func<string, CancellationToken, Task<byte[]?>> fetch, X509Certificate2Collection authorities, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Certificates that are kept.</summary>
    public const int MaxEntries = 256;

    /// <summary>Certificates of one host that are kept; a host has one for each of those whom it serves.</summary>
    public const int MaxEntriesPerHost = 64;

    /// <summary>Fetches under way at a time.</summary>
    public const int MaxFetches = 8;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private static readonly TimeSpan FailureKept = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _fetching;

    /// <summary>Longest wait for a certificate.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>What waits are measured by.</summary>
    public TimeProvider TimeProvider => time;

    /// <summary>The certificate, or null when it cannot be had now.</summary>
    public async Task<SigningCertificate?> GetAsync(string uri)
    {
        Entry entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(uri, out var known) || known.Expires <= time.GetUtcNow())
            {
                if (_fetching >= MaxFetches)
                    return null;
                _fetching++;
                var host = Uri.TryCreate(uri, UriKind.Absolute, out var address) ? address.Host : "";
                MakeRoom(host);
                known = _entries[uri] = new Entry(host, time.GetUtcNow() + Kept);
                known.Certificate = Task.Run(() => FetchAsync(uri, known));
            }
            entry = known;
        }
        return await entry.Certificate;
    }

    private async Task<SigningCertificate?> FetchAsync(string uri, Entry entry)
    {
        SigningCertificate? certificate = null;
        try
        {
            using var limit = new CancellationTokenSource(timeout, time);
            if (await fetch(uri, limit.Token).WaitAsync(timeout, time) is { } bytes)
                certificate = SigningCertificate.Read(bytes, authorities, time.GetUtcNow());
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or OperationCanceledException or TimeoutException or System.Net.Sockets.SocketException)
        {
            certificate = null;
        }
        lock (_gate)
        {
            _fetching--;
            var keep = certificate is { Fault.Length: 0 } ? Kept : FailureKept;
            entry.Expires = time.GetUtcNow() + keep;
            if (certificate is { Fault.Length: 0 } && certificate.Expires < entry.Expires)
                entry.Expires = certificate.Expires;
        }
        return certificate;
    }

    // What runs out next goes, which failures do first; of the same host where that has its share.
    private void MakeRoom(string host)
    {
        var same = _entries.Where(entry => entry.Value.Host.Equals(host, StringComparison.OrdinalIgnoreCase)).ToList();
        if (same.Count >= MaxEntriesPerHost)
            _entries.Remove(same.MinBy(entry => entry.Value.Expires).Key);
        else if (_entries.Count >= MaxEntries)
            _entries.Remove(_entries.MinBy(entry => entry.Value.Expires).Key);
    }

    private sealed class Entry(string host, DateTimeOffset expires)
    {
        public string Host { get; } = host;

        public DateTimeOffset Expires { get; set; } = expires;

        public Task<SigningCertificate?> Certificate { get; set; } = Task.FromResult<SigningCertificate?>(null);
    }
}
