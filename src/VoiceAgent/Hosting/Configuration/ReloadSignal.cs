using System.Runtime.InteropServices;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>Remembers that somebody wants the configuration read anew, until <see cref="ConfigurationWatch"/> does: SIGHUP does, as with other services; without this it would end the process.</summary>
/// <remarks>Any thread. Made before anything else of the service and disposed after it, so that a signal during the start or the drain does no harm.</remarks>
internal sealed class ReloadSignal : IDisposable
{
    private readonly PosixSignalRegistration? _registration;
    private int _isDue;

    /// <summary>Listens for the signal from now on.</summary>
    public ReloadSignal()
    {
        if (OperatingSystem.IsWindows())
            return;   // where it would be the closing of the console
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            Trigger();
        });
    }

    /// <summary>Whether somebody wants it.</summary>
    public bool IsDue => Volatile.Read(ref _isDue) == 1;

    /// <summary>Reads anew soon, changed or not.</summary>
    public void Trigger() => Interlocked.Exchange(ref _isDue, 1);

    /// <summary>Whether somebody wanted it, who is served now.</summary>
    public bool Take() => Interlocked.Exchange(ref _isDue, 0) == 1;

    /// <inheritdoc/>
    public void Dispose() => _registration?.Dispose();
}
