using Microsoft.Extensions.Logging;

namespace Telephony.Sip.Transport;

/// <summary>The credentials in force: looks at their files every two seconds and takes over what has changed, if it can be used.</summary>
/// <remarks>Polled, because change notices do not come from mounted secrets and network drives. Connections that stand keep what they were made with.</remarks>
internal sealed class TlsCredentialSource : IAsyncDisposable
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private readonly TlsOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly ITimer _poll;
    private TlsFiles _seen;
    private string? _reported;
    private volatile TlsCredentials _current;

    /// <summary>Loads the files for the first time and starts to watch them.</summary>
    /// <exception cref="InvalidDataException">They cannot be used.</exception>
    public TlsCredentialSource(TlsOptions options, TimeProvider timeProvider, ILogger logger)
    {
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _seen = TlsFiles.Read(options);
        _current = TlsCredentials.Load(_seen);
        Tell();
        _poll = timeProvider.CreateTimer(_ => Poll(), null, PollInterval, PollInterval);
    }

    /// <summary>What new handshakes use.</summary>
    public TlsCredentials Current => _current;

    public ValueTask DisposeAsync() => _poll.DisposeAsync();

    private void Poll()
    {
        lock (_lock)
        {
            try
            {
                var files = TlsFiles.Read(_options);
                if (files.SameAs(_seen))
                    return;
                _seen = files;
                _current = TlsCredentials.Load(files);
                _reported = null;
                Tell();
            }
            catch (InvalidDataException unusable)
            {
                Report(unusable);
            }
        }
    }

    private void Tell()
    {
        if (_current.Certificate is { } certificate)
            _logger.Tell(certificate, _timeProvider);
    }

    /// <summary>Once for each fault: a file may stay broken for long.</summary>
    private void Report(InvalidDataException unusable)
    {
        var reason = $"{unusable.Message} {unusable.GetBaseException().Message}";
        if (reason == _reported)
            return;
        _reported = reason;
        _logger.CertificateRefused(reason);
    }
}
