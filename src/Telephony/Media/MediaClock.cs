using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Telephony.Rtp;

namespace Telephony.Media;

/// <summary>The one thread that moves all calls' media.</summary>
public sealed class MediaClock : IDisposable
{
    /// <summary>Starts the thread.</summary>
    public MediaClock(RtpOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory, IMeterFactory? meterFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(loggerFactory);
    }

    /// <summary>Stops the thread and ends the media of all calls.</summary>
    public void Dispose()
    {
    }
}
