using System.Runtime.InteropServices;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>SIGHUP reads the configuration anew, as of other services; without this it would end the process.</summary>
internal sealed class ReloadSignal(ConfigurationWatch watch) : IHostedService, IDisposable
{
    private PosixSignalRegistration? _registration;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // On Windows it would be the closing of the console.
        if (!OperatingSystem.IsWindows())
        {
            _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                watch.Trigger();
            });
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _registration?.Dispose();
}
