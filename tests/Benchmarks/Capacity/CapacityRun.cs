using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Benchmarks.Media;

namespace Benchmarks.Capacity;

/// <summary>One level: a program on the first core, calls that speak both ways from the second one, a window in which everything is counted.</summary>
internal sealed class CapacityRun(CapacityOptions options)
{
    private const int CallsPerSecond = 40;
    private const int UnansweredAtMost = 3;
    private const int CallsUntilCompiled = 40;
    private static readonly TimeSpan BetweenShortCalls = TimeSpan.FromMilliseconds(100);

    /// <summary>Measures so many calls at once.</summary>
    /// <param name="calls">How many.</param>
    /// <param name="isReference">The plain bridge in place of the service.</param>
    public async Task<CapacityFigures> MeasureAsync(int calls, bool isReference)
    {
        using var certificate = options.IsTls ? CreateCertificate() : null;
        using var pacer = new LoadPacer();
        using var live = new LiveStandIn(pacer, certificate);
        var sip = new IPEndPoint(IPAddress.Loopback, FreePort());
        await using var process = await Programs.StartAsync(options, sip, live.Endpoint, certificate, isReference);
        using var phone = new LoadPhone(sip, pacer, CallerVoice.Of(options.Codec), suite: options.Srtp);
        // What the first calls bring along once, code above all, is not the price of a call.
        await ShortCallsAsync(phone, count: 10);
        await Task.Delay(TimeSpan.FromSeconds(2));
        var idle = process.Spent();

        var lines = await ConnectAsync(phone, calls);
        await Task.Delay(options.Settling);
        var restless = await CompilerRest.WaitAsync(process);
        pacer.Lateness.Clear();
        phone.StartMeasuring(lines);
        var (before, loadBefore, heardBefore) = (process.Spent(), OwnSpending(), live.Heard);
        await Task.Delay(options.Measured);
        var (after, loadAfter, heardAfter) = (process.Spent(), OwnSpending(), live.Heard);
        phone.StopMeasuring();
        var figures = new CapacityFigures(calls, lines.Count, idle, before, after, loadAfter.CpuPercentSince(loadBefore), pacer.Lateness.ToString(), phone.Gaps.ToString())
        {
            Restless = restless,
            GapP99Ms = phone.Gaps.Quantile(0.99),
            LoadDropped = loadAfter.Dropped - loadBefore.Dropped,
            Heard = lines.Sum(line => (long)line.Heard),
            Lost = lines.Sum(line => (long)line.Lost),
            Silent = lines.Count(line => line.Voiced < 0.5 * options.Measured.TotalSeconds * 50),
            AudioUp = heardAfter.Bytes - heardBefore.Bytes,
            MessagesUp = heardAfter.Messages - heardBefore.Messages,
        };
        return isReference ? figures : figures with { Invite = await AnswersAsync(phone, process) };
    }

    /// <summary>Calls that are refused, so many in a second: what signalling alone costs, in milliseconds of processor each.</summary>
    public async Task<(double CpuMs, double PerSecond, Samples Answer)> RefusedCallsAsync()
    {
        using var pacer = new LoadPacer();
        using var live = new LiveStandIn(pacer, certificate: null);
        var sip = new IPEndPoint(IPAddress.Loopback, FreePort());
        await using var process = await Programs.StartAsync(options, sip, live.Endpoint, certificate: null, isReference: false);
        using var phone = new LoadPhone(sip, pacer, CallerVoice.Of(options.Codec), Programs.RefusedUser);
        await RefuseAsync(phone, options.Settling);
        var before = process.Spent();
        var answers = await RefuseAsync(phone, options.Measured);
        var after = process.Spent();
        var seconds = Stopwatch.GetElapsedTime(before.At, after.At).TotalSeconds;
        return (after.CpuPercentSince(before) / 100 * seconds * 1000 / answers.Count, answers.Count / seconds, answers);
    }

    private async Task<Samples> RefuseAsync(LoadPhone phone, TimeSpan time)
    {
        var (answers, calls, start) = (new Samples(), new List<Task>(), Clock.Now);
        async Task CallAsync()
        {
            try
            {
                var (line, status) = await phone.CallAsync();
                if (status == Programs.RefusedStatus)
                    answers.Add(Clock.Milliseconds(line.InviteSent, line.AnswerArrived));
            }
            catch (TimeoutException)
            {
                // A call without an answer is missing in the rate.
            }
        }
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            for (var due = (int)(Stopwatch.GetElapsedTime(start).TotalSeconds * options.Refused); calls.Count < due;)
                calls.Add(CallAsync());
            await Task.Delay(1);
        }
        await Task.WhenAll(calls);
        return answers;
    }

    private static async Task<List<LoadLine>> ConnectAsync(LoadPhone phone, int calls)
    {
        var pending = new List<Task<(LoadLine Line, int Status)>>();
        for (var call = 0; call < calls; call++)
        {
            pending.Add(phone.CallAsync());
            await Task.Delay(1000 / CallsPerSecond);
        }
        var lines = new List<LoadLine>();
        foreach (var call in pending)
        {
            try
            {
                if (await call is { Status: 200 } up)
                    lines.Add(up.Line);
            }
            catch (TimeoutException)
            {
                // A call that does not come up is missing in the table.
            }
        }
        return lines;
    }

    // Calls that end run code that none of the others has run thirty times, from where on it is compiled once more; a service that has run for a minute has that behind it.
    private async Task<Samples> AnswersAsync(LoadPhone phone, MeasuredProcess process)
    {
        await ShortCallsAsync(phone, CallsUntilCompiled);
        await CompilerRest.WaitAsync(process);
        return await ShortCallsAsync(phone, options.ShortCalls);
    }

    // While the others go on speaking; apart from the window, so that its cost per call is that of calls that are up.
    private static async Task<Samples> ShortCallsAsync(LoadPhone phone, int count)
    {
        var (samples, unanswered) = (new Samples(), 0);
        for (var call = 0; call < count && unanswered < UnansweredAtMost; call++)
        {
            try
            {
                var (line, status) = await phone.CallAsync();
                samples.Add(status == 200 ? Clock.Milliseconds(line.InviteSent, line.AnswerArrived) : double.PositiveInfinity);
                await Task.Delay(BetweenShortCalls);
                if (status == 200)
                    await phone.HangUpAsync(line);
            }
            catch (TimeoutException)
            {
                unanswered++;
                samples.Add(double.PositiveInfinity);
            }
        }
        return samples;
    }

    private static Spending OwnSpending() =>
        new(Stopwatch.GetTimestamp(), MeasuredProcess.CpuByThread(Environment.ProcessId), 0, 0, TimeSpan.Zero, 0, 0, 0, SocketDrops.Of(Environment.ProcessId));

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
