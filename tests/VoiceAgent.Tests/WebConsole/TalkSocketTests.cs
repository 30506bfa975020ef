using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Telephony.Audio;
using Telephony.Calls;
using Telephony.Media;
using Telephony.Rtp;
using VoiceAgent.WebConsole;
using VoiceAgent.WebConsole.Talk;

namespace VoiceAgent.Tests.WebConsole;

/// <summary>What a talk bears of networks and pages, on virtual time: a long set-up and stalls are nobody's fault, a flood is.</summary>
public sealed class TalkSocketTests : IAsyncLifetime
{
    private const int FrameMs = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly MediaClock _clock = new(new RtpOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private readonly PageInMemory _page = new();
    private readonly FrameLine _line;
    private readonly Lock _turn = new();
    private readonly Task _running;
    private bool _isServiceGone;

    public TalkSocketTests()
    {
        _line = new FrameLine(new FrameCaller("console", "olga", null, "reception", new IPEndPoint(IPAddress.Loopback, 1)), _clock, new RtpOptions(), Post, _time, NullLogger.Instance);
        _running = new TalkSocket(new PageSocket(_page, _time, CancellationToken.None), _line, new TalkFeed(), () => true, _time).RunAsync();
    }

    [Fact]
    public async Task A_model_that_takes_long_to_set_up_is_waited_for()
    {
        for (var ms = 0; ms < 5_000; ms += FrameMs)
            await SayAsync(frames: 1, FrameMs);
        Assert.False(_line.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_network_that_stalls_and_gives_all_at_once_ends_nothing()
    {
        _line.Call.Answer(new Nobody(), new Nobody());
        for (var stall = 0; stall < 20; stall++)
            await SayAsync(frames: 300, 300 * FrameMs);
        Assert.False(_line.Ended.IsCompleted);
    }

    [Fact]
    public async Task Who_sends_faster_than_anybody_speaks_loses_the_call_however_slowly_it_gets_ahead()
    {
        for (var ms = 0; ms < 60_000 && !_line.Ended.IsCompleted; ms += FrameMs)
            await SayAsync(frames: 2, FrameMs);
        Assert.Equal(CallEndReason.TransportFailed, await _line.Ended.WaitAsync(Patience));
        Assert.InRange(_time.GetElapsedTime(0), TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(14));
    }

    [Fact]
    public async Task A_page_that_has_gone_is_let_go_by_a_service_that_no_longer_says_what_ended()
    {
        _isServiceGone = true;
        _page.Abort();
        for (var end = DateTimeOffset.UtcNow + Patience; !_running.IsCompleted; await Task.Delay(1))
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            Assert.True(DateTimeOffset.UtcNow < end, "It holds on to the page.");
        }
        Assert.False(_line.Ended.IsCompleted);
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _page.Abort();
        for (; !_running.IsCompleted; await Task.Delay(1))
            _time.Advance(TimeSpan.FromMilliseconds(100));
        await _running;
        _page.Dispose();
        _clock.Dispose();
    }

    private void Post(Action work)
    {
        lock (_turn)
        {
            if (!_isServiceGone)
                work();
        }
    }

    // Frames that come at once, so much later.
    private async Task SayAsync(int frames, int laterMs)
    {
        _time.Advance(TimeSpan.FromMilliseconds(laterMs));
        for (var i = 0; i < frames; i++)
            _page.Say(WebSocketMessageType.Binary, new byte[TalkSocket.HeadBytes + FrameLine.CallerRateHz / 1_000 * FrameMs * sizeof(short)]);
        for (var end = DateTimeOffset.UtcNow + Patience; !_page.IsAllTaken && !_line.Ended.IsCompleted; await Task.Yield())
            Assert.True(DateTimeOffset.UtcNow < end, "Nobody takes what the page says.");
    }

    private sealed class Nobody : IPcmSink, IPcmSource
    {
        public int SampleRateHz => FrameLine.CallerRateHz;

        public void Write(ReadOnlySpan<short> pcm)
        {
        }

        public int Read(Span<short> frame) => 0;
    }
}
