using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Telephony;
using Telephony.Audio;
using Telephony.Calls;
using Telephony.Sip.UserAgents;

namespace EndToEnd.Tests.Yardstick;

/// <summary>The telephone side without an agent: answers every call at once, and does with it what a test says.</summary>
internal sealed class YardstickLine : ICallHandler, ICallListener, IAsyncDisposable
{
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private readonly ServiceProvider _services;

    private YardstickLine()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Telephony:Listen:0"] = "udp://127.0.0.1:0" }).Build();
        _services = new ServiceCollection().AddLogging().AddTelephony(configuration).AddSingleton<ICallHandler>(this).BuildServiceProvider();
    }

    /// <summary>Done when the call stands.</summary>
    public required Action<Call> WhenUp { get; init; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Udp => Telephony.ListenEndPoints[0].EndPoint;

    (int StatusCode, string? RetryAfter) ICallHandler.Availability => (200, null);

    private TelephonyService Telephony => _services.GetRequiredService<TelephonyService>();

    private Call? Call { get; set; }

    public static async Task<YardstickLine> StartAsync(Action<Call> whenUp)
    {
        var line = new YardstickLine { WhenUp = whenUp };
        await line.Telephony.StartAsync(CancellationToken.None);
        return line;
    }

    /// <summary>The next thing that was told of the call: the end of a transfer, or its own.</summary>
    public async Task<string> ToldAsync() => await _told.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));

    public async ValueTask DisposeAsync()
    {
        await Telephony.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    void ICallHandler.OnCallOffered(Call call)
    {
        Call = call;
        call.Listener = this;
        call.Answer(DiscardingSink.Instance, new RingbackTone());
    }

    void ICallListener.OnAnswered()
    {
    }

    void ICallListener.OnAcknowledged() => WhenUp(Call!);

    void ICallListener.OnMediaStarted()
    {
    }

    void ICallListener.OnHold(bool held)
    {
    }

    void ICallListener.OnDigit(char digit, int durationMs, DigitSource source)
    {
    }

    void ICallListener.OnDigitsSent(string sent, string unsent) => _told.Writer.TryWrite($"sent {sent}");

    void ICallListener.OnTransferEnded(TransferOutcome outcome) => _told.Writer.TryWrite($"transfer {outcome.End}");

    void ICallListener.OnEnded(CallEndReason reason) => _told.Writer.TryWrite($"ended {reason}");
}
