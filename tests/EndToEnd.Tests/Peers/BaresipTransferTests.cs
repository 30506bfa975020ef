using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Telephony;
using Telephony.Audio;
using Telephony.Calls;
using Telephony.Sip.UserAgents;

namespace EndToEnd.Tests.Peers;

/// <summary>A real softphone is asked to call somebody else: it calls the same telephone side again, under another number.</summary>
[Trait("Category", "Peer")]
public sealed class BaresipTransferTests : ICallHandler
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private string _target = "";

    (int StatusCode, string? RetryAfter) ICallHandler.Availability => (200, null);

    void ICallHandler.OnCallOffered(Call call)
    {
        Tell($"call to {call.DialledNumber}");
        call.Listener = new Transferring(call, call.DialledNumber == "agent" ? _target : null, Tell);
        if (call.DialledNumber == "busy")
            call.Reject(486);
        else
            call.Answer(new Quiet(), new Quiet());
    }

    /// <summary>Over IPv6 too (A29).</summary>
    [Theory, InlineData("udp", "127.0.0.1"), InlineData("tcp", "127.0.0.1"), InlineData("udp", "[::1]"), InlineData("tcp", "[::1]")]
    public async Task Phone_calls_the_other_party_reports_it_and_is_let_go(string transport, string host)
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var services = Services(transport, host);
        await using var phone = await CallAsync(services, transport, "desk", host);
        Assert.Equal(["call to agent", "transfer to desk", "call to desk", "agent: transfer Accepted 200", "agent: ended Transferred"], await ToldAsync(5));
        await services.GetRequiredService<TelephonyService>().StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Phone_reports_that_the_other_party_is_busy_and_stays()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var services = Services("udp");
        await using var phone = await CallAsync(services, "udp", "busy");
        Assert.Equal(["call to agent", "transfer to busy", "call to busy", "busy: ended Rejected", "agent: transfer Failed 486"], await ToldAsync(5));
        await services.GetRequiredService<TelephonyService>().StopAsync(CancellationToken.None);
        Assert.Equal(["agent: ended AgentHungUp"], await ToldAsync(1));
    }

    private async Task<Baresip> CallAsync(ServiceProvider services, string transport, string target, string host = "127.0.0.1")
    {
        var telephony = services.GetRequiredService<TelephonyService>();
        await telephony.StartAsync(CancellationToken.None);
        var address = telephony.ListenEndPoints[0].EndPoint;
        _target = $"sip:{target}@{address};transport={transport}";
        var phone = await Baresip.StartAsync(new BaresipPhone { Transport = transport, Host = host, Speech = [] });
        Assert.True(await phone.CallAsync($"sip:agent@{address}", Soon), phone.Log);
        return phone;
    }

    private async Task<List<string>> ToldAsync(int count)
    {
        using var patience = new CancellationTokenSource(Soon);
        var told = new List<string>();
        while (told.Count < count && !patience.IsCancellationRequested)
        {
            if (_told.Reader.TryRead(out var line))
                told.Add(line);
            else
                await Task.Delay(20);
        }
        return told;
    }

    private void Tell(string line) => _told.Writer.TryWrite(line);

    private ServiceProvider Services(string transport, string host = "127.0.0.1")
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Telephony:Listen:0"] = $"{transport}://{host}:0",
        }).Build();
        return new ServiceCollection().AddLogging().AddTelephony(configuration).AddSingleton<ICallHandler>(this).BuildServiceProvider();
    }

    /// <summary>Transfers its call once it stands, if it has a target, and tells what comes of it.</summary>
    private sealed class Transferring(Call call, string? target, Action<string> tell) : ICallListener
    {
        public void OnAnswered()
        {
        }

        public void OnAcknowledged()
        {
            if (target is null)
                return;
            tell($"transfer to {target[4..target.IndexOf('@', StringComparison.Ordinal)]}");
            call.Transfer(target);
        }

        public void OnMediaStarted()
        {
        }

        public void OnHold(bool held)
        {
        }

        public void OnDigit(char digit, int durationMs, DigitSource source)
        {
        }

        public void OnDigitsSent(string sent, string unsent)
        {
        }

        public void OnTransferEnded(TransferOutcome outcome) => tell($"{call.DialledNumber}: transfer {outcome.End} {outcome.StatusCode}");

        public void OnEnded(CallEndReason reason) => tell($"{call.DialledNumber}: ended {reason}");
    }

    private sealed class Quiet : IPcmSink, IPcmSource
    {
        public int SampleRateHz => 8000;

        public void Write(ReadOnlySpan<short> pcm)
        {
        }

        public int Read(Span<short> frame)
        {
            frame.Clear();
            return 0;
        }
    }
}
