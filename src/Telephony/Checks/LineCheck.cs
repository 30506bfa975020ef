using System.Runtime.CompilerServices;
using Telephony.Rtp;
using Telephony.Trunks;

namespace Telephony.Checks;

/// <summary>Tries the telephone side as it is configured, without taking a call: listen addresses, certificate, media ports, public address, trunks.</summary>
public static class LineCheck
{
    /// <summary>Looks at one thing after the other.</summary>
    /// <param name="options">Settings that the validator has accepted.</param>
    /// <param name="rtpOptions">Likewise.</param>
    /// <param name="isServiceRunning">Whether the service is running on this machine, which then holds its ports.</param>
    /// <param name="timeProvider">Measures patience and validity.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async IAsyncEnumerable<LineFinding> RunAsync(TelephonyOptions options, RtpOptions rtpOptions, bool isServiceRunning, TimeProvider timeProvider,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rtpOptions);
        foreach (var listen in options.ListenEndPoints)
            yield return ListenCheck.Run(listen, isServiceRunning);
        if (options.Tls.CertificateFile.Length > 0)
            yield return CertificateCheck.Run(options.Tls, timeProvider);
        foreach (var trunk in new TrunkDirectory(options.Trunks).All)
        {
            if (trunk.ClientCertificate is { } certificate)
                yield return CertificateCheck.Run(trunk.Name, certificate, timeProvider);
        }
        yield return MediaPortsCheck.Run(options, rtpOptions, isServiceRunning);
        yield return await PublicAddressCheck.RunAsync(options, timeProvider, cancellation);
        await foreach (var finding in TrunkCheck.RunAsync(options, timeProvider, cancellation))
            yield return finding;
    }
}
