using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Telephony;
using Telephony.Audio;
using Telephony.Calls;
using Telephony.Sip.UserAgents;

namespace EndToEnd.Tests.Peers;

/// <summary>A real softphone understands the digits that the telephone side sends (goal B22), every one once.</summary>
[Trait("Category", "Peer")]
public sealed class BaresipDigitsTests : ICallHandler
{
    private const string Digits = "0123456789*#ABCD1122";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly TaskCompletionSource<string> _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    (int StatusCode, string? RetryAfter) ICallHandler.Availability => (200, null);

    void ICallHandler.OnCallOffered(Call call)
    {
        call.Listener = new Dialling(call, _sent);
        call.Answer(new Hum(), new Hum());
    }

    [Theory, InlineData("PCMU"), InlineData("PCMA"), InlineData("G722/16000/1"), InlineData("opus/48000/2")]
    public async Task B22_A_softphone_understands_every_digit_once(string codec)
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var services = Services();
        var telephony = services.GetRequiredService<TelephonyService>();
        await telephony.StartAsync(CancellationToken.None);
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Codecs = codec, Speech = [] });
        Assert.True(await phone.CallAsync($"sip:agent@{telephony.ListenEndPoints[0].EndPoint}", Soon), phone.Log);

        var heard = "";
        while (heard.Length < Digits.Length && await phone.Control.WaitForAsync("CALL_DTMF_START", Soon) is { } pressed)
            heard += pressed.Parameter;
        Assert.Equal(Digits, heard);
        Assert.Equal($"{Digits},", await _sent.Task.WaitAsync(Soon));
        Assert.Null(await phone.Control.WaitForAsync("CALL_DTMF_START", TimeSpan.FromSeconds(1)));
        await telephony.StopAsync(CancellationToken.None);
    }

    private ServiceProvider Services()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Telephony:Listen:0"] = "udp://127.0.0.1:0" }).Build();
        return new ServiceCollection().AddLogging().AddTelephony(configuration).AddSingleton<ICallHandler>(this).BuildServiceProvider();
    }

    /// <summary>Dials as soon as the caller is there.</summary>
    private sealed class Dialling(Call call, TaskCompletionSource<string> sent) : ICallListener
    {
        public void OnAnswered()
        {
        }

        public void OnAcknowledged()
        {
        }

        public void OnMediaStarted()
        {
            if (!call.CanSendDigits || !call.TrySendDigits(Digits))
                sent.TrySetResult("refused");
        }

        public void OnHold(bool held)
        {
        }

        public void OnDigit(char digit, int durationMs, DigitSource source)
        {
        }

        public void OnDigitsSent(string sentDigits, string unsent) => sent.TrySetResult($"{sentDigits},{unsent}");

        public void OnTransferEnded(TransferOutcome outcome)
        {
        }

        public void OnEnded(CallEndReason reason)
        {
        }
    }

    /// <summary>An agent that never stops speaking.</summary>
    private sealed class Hum : IPcmSink, IPcmSource
    {
        private int _sample;

        public int SampleRateHz => 8000;

        public void Write(ReadOnlySpan<short> pcm)
        {
        }

        public int Read(Span<short> frame)
        {
            foreach (ref var sample in frame)
                sample = (short)(4_000 * Math.Sin(2 * Math.PI * 300 * _sample++ / SampleRateHz));
            return frame.Length;
        }
    }
}
