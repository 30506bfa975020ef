using System.Net;
using Microsoft.Extensions.Logging;
using Telephony.Sip.Resolution;
using Telephony.Sip.Transport;

namespace Telephony.Nat;

/// <summary>Keeps our public address up to date where the settings name a host or a STUN server in place of it.</summary>
/// <remarks>One task from the start to the stop. What was found last stays in force while nobody can say.</remarks>
internal sealed class PublicAddressFinder(PublicAddressSetting setting, OwnAddresses own, IDnsLookup dns, TimeProvider timeProvider, ILogger logger) : IAsyncDisposable
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _hasLooked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private bool _isLost;

    /// <summary>Begins; returns when the address is known, or when that takes too long for the start to wait.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _running = Task.Run(RunAsync, CancellationToken.None);
        await Task.WhenAny(_hasLooked.Task, Task.Delay(FirstPatience, timeProvider, cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Take([.. (await FindAsync()).Where(PublicAddressSetting.IsUsable)]);
            _hasLooked.TrySetResult();
            await Task.Delay(Interval, timeProvider, _stopping.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task<List<IPAddress>> FindAsync()
    {
        List<IPAddress> hosts = IPAddress.TryParse(setting.Host, out var address) ? [address]
            : [.. await LookUpAsync(DnsRecordType.A), .. await LookUpAsync(DnsRecordType.Aaaa)];
        if (setting.StunPort is not { } port)
            return hosts;
        var seen = await Task.WhenAll(hosts.Select(host => StunClient.AskAsync(new IPEndPoint(host, port), timeProvider, _stopping.Token)));
        return [.. seen.OfType<IPAddress>()];
    }

    private async Task<IEnumerable<IPAddress>> LookUpAsync(DnsRecordType type) =>
        (await dns.QueryAsync(setting.Host, type)).Records.OfType<AddressRecord>().Select(record => record.Address).Take(1);

    private void Take(List<IPAddress> found)
    {
        if (_stopping.IsCancellationRequested)
            return;
        if (found.Count == 0)
        {
            if (!_isLost)
                logger.PublicAddressUnknown(setting.Host, own.Public.Count == 0 ? "its own" : string.Join(", ", own.Public));
            _isLost = true;
            return;
        }
        _isLost = false;
        if (found.ToHashSet().SetEquals(own.Public))
            return;
        // A family that could not be found out this time keeps what it had.
        own.Public = [.. found, .. own.Public.Where(old => found.TrueForAll(address => address.AddressFamily != old.AddressFamily))];
        logger.PublicAddressFound(string.Join(", ", own.Public), setting.Host);
    }
}
