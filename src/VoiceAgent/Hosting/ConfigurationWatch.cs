using Microsoft.Extensions.Configuration.Json;

namespace VoiceAgent.Hosting;

/// <summary>The configuration as the file says it now, for what may change while calls run: the tools. All other parts read it once.</summary>
/// <remarks>
/// The file is looked at once a second, on <see cref="TimeProvider"/>: that works on every kind of file system and mount. A file that cannot be read, as while
/// an editor writes it, changes nothing; it is looked at again.
/// </remarks>
internal sealed class ConfigurationWatch : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly string _file;
    private readonly JsonConfigurationProvider _provider;
    private readonly ILogger<ConfigurationWatch> _logger;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private (DateTime WrittenAt, long Size) _read;
    private (DateTime WrittenAt, long Size) _refused;
    private bool _isOutOfReach;

    /// <param name="file">Full path of the configuration file.</param>
    /// <param name="root">Made of that file; see <see cref="VoiceAgentHost.ReadConfiguration"/>.</param>
    /// <param name="time">The service's clock.</param>
    /// <param name="logger">Hears of a file that cannot be read.</param>
    public ConfigurationWatch(string file, IConfigurationRoot root, TimeProvider time, ILogger<ConfigurationWatch> logger)
    {
        (_file, Root, _logger) = (file, root, logger);
        _provider = root.Providers.OfType<JsonConfigurationProvider>().First();
        _read = Stamp();
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The configuration; its change token fires when the file has been read anew.</summary>
    public IConfigurationRoot Root { get; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer.Change(Interval, Interval);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_lock)
        {
            var found = Stamp();
            if (found.Size < 0 || found == _read || found == _refused)
                return;
            try
            {
                _provider.Load();   // keeps what it has when it throws
                (_read, _isOutOfReach) = (found, false);
            }
            catch (InvalidDataException nonsense)
            {
                (_refused, _isOutOfReach) = (found, false);
                _logger.ConfigurationUnreadable(_file, nonsense.GetBaseException().Message);
            }
            // Permission may be given, and a lock be lifted, without any trace on the file: it is tried again.
            catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
            {
                if (!_isOutOfReach)
                    _logger.ConfigurationUnreadable(_file, closed.Message);
                _isOutOfReach = true;
            }
        }
    }

    // Of what a link leads to: a mounted configuration is changed by changing the link.
    private (DateTime WrittenAt, long Size) Stamp()
    {
        try
        {
            var file = new FileInfo(_file);
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists ? (target.LastWriteTimeUtc, target.Length) : (default, -1);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return (default, -1);
        }
    }
}
