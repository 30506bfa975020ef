using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Benchmarks.Capacity;

/// <summary>How the service and the reference are started for a run.</summary>
internal static class Programs
{
    public const string RefusedUser = "refused";
    public const int RefusedStatus = 486;

    // As the service ships (its runtimeconfig.json): the difference is to be the work.
    private static readonly string[] SameRuntime = ["DOTNET_TC_QuickJit=0", "DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0"];

    public static async Task<MeasuredProcess> StartAsync(CapacityOptions options, IPEndPoint sip, Uri live, X509Certificate2? certificate, bool isReference)
    {
        var trusted = Path.GetTempFileName();
        if (certificate is not null)
            await File.WriteAllTextAsync(trusted, certificate.ExportCertificatePem());
        // OpenSSL's own variable: the certificate was made for this run.
        IEnumerable<string> environment = certificate is null ? [] : [$"SSL_CERT_FILE={trusted}"];
        string[] arguments = isReference
            ? [typeof(Programs).Assembly.Location, PlainService.Verb, sip.ToString(), live.AbsoluteUri]
            : [options.Service];
        return await MeasuredProcess.StartAsync(arguments, isReference ? [.. environment, .. SameRuntime] : [.. environment, .. Settings(options, sip, live), .. options.Settings]);
    }

    private static IEnumerable<string> Settings(CapacityOptions options, IPEndPoint sip, Uri live) =>
    [
        $"Telephony__Listen__0=udp://{sip}",
        $"Telephony__Listen__1=tcp://{sip}",
        $"Telephony__Codecs__0={options.Codec}",
        "Telephony__MaxCallsPerSecond=0",
        $"Telephony__Srtp__AllowKeysInClear={options.Srtp is not null}",
        "Telephony__Trunks__load__Addresses__0=127.0.0.1",
        "Telephony__SessionTimer__Expires=00:00:00",
        "Calls__MaxCalls=2000",
        $"Agents__Routes__0__Dialled__0={RefusedUser}",
        $"Agents__Routes__0__Reject={RefusedStatus}",
        $"Live__Endpoint={live}",
        "Live__ApiKey=load",
        // Both sides speak all the time here: the agent is not to fall silent for it. What listens for that is at work all the same.
        "Agents__Profiles__reception__BargeIn=Server",
        "Http__Listen=http://127.0.0.1:0",
        "Logging__LogLevel__Default=Error",
    ];
}
