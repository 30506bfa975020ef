using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Telephony.Audio;
using Telephony.Calls;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.UserAgents;

namespace Telephony.Tests.Calls;

/// <summary>A call without SIP, as its host sees it: answered at once, ended once, and honest about what such a line cannot do.</summary>
public sealed class FrameLineTests : IDisposable
{
    private static readonly FrameCaller Olga = new("console", "olga from sales", "+4930123456", "reception", new IPEndPoint(IPAddress.Loopback, 50_000));

    private readonly MediaClock _clock = new(new RtpOptions { RealTimePriority = RealTimePriority.Off }, TimeProvider.System, NullLoggerFactory.Instance);
    private readonly Told _told = new();
    private readonly FrameLine _line;

    public FrameLineTests()
    {
        var loop = new Lock();   // as the signalling loop: one thing after the other
        _line = new FrameLine(Olga, _clock, new RtpOptions(), work => { lock (loop) work(); }, TimeProvider.System, NullLogger.Instance);
        _line.Call.Listener = _told;
    }

    [Fact]
    public void Who_calls_is_known_and_nobody_vouches_for_the_number()
    {
        var call = _line.Call;
        Assert.Equal(("console", "olga from sales", "+4930123456", "reception", false), (call.Trunk, call.User, call.CallerNumber, call.DialledNumber, call.IsOutbound));
        Assert.Equal("sip:olga%20from%20sales@console.invalid", call.From);
        Assert.False(call.IsCallerVerified);
        Assert.Matches("^[a-z0-9]{8}$", call.CallId);
    }

    [Fact]
    public async Task It_is_answered_once_and_sound_goes_both_ways()
    {
        var ends = new Ends();
        _line.Call.Answer(ends, ends);
        _line.Call.Answer(ends, ends);
        Assert.Equal(["answered", "acknowledged"], _told.Events);
        Assert.True(_line.TryWrite(Enumerable.Repeat((short)7, 320).ToArray()));
        var frame = new short[480];
        for (var end = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(10); !_line.TryFetch(frame) || !ends.HasHeard; await Task.Delay(5))
            Assert.True(DateTimeOffset.UtcNow < end, "Nothing was heard.");
        Assert.All(frame, sample => Assert.Equal(5, sample));
        Assert.Contains("first audio", _told.Events);
        Assert.Equal("L16", _line.Call.GetMediaStatistics().Codec);

        _line.Call.AudioCut();
        for (var end = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(10); !_line.TryTakeCut(); await Task.Delay(5))
            Assert.True(DateTimeOffset.UtcNow < end, "Nothing was cut.");
    }

    [Fact]
    public void It_refuses_to_be_transferred_takes_keys_and_no_digits()
    {
        _line.Press('1');   // nobody is there yet
        _line.Call.Transfer("+49301");
        _line.Call.Answer(new Ends(), new Ends());
        _line.Call.Transfer("+49301");
        _line.Call.Hold();
        _line.Press('5');
        _line.Press('x');
        Assert.False(_line.Call.TrySendDigits("1"));
        Assert.Equal(["answered", "acknowledged", "transfer Refused 501", "digit 5"], _told.Events);
    }

    [Theory]
    [InlineData(false, false, CallEndReason.Cancelled)]
    [InlineData(true, false, CallEndReason.CallerHungUp)]
    [InlineData(false, true, CallEndReason.Rejected)]
    [InlineData(true, true, CallEndReason.AgentHungUp)]
    public async Task It_ends_once_for_the_reason_that_came_first(bool isAnswered, bool byHost, CallEndReason expected)
    {
        if (isAnswered)
            _line.Call.Answer(new Ends(), new Ends());
        if (byHost)
            _line.Call.HangUp();
        _line.Leave();
        _line.Lose();
        _line.Call.Reject(503);
        _line.Call.Transfer("+49301");
        Assert.Equal($"ended {expected}", _told.Events[^1]);
        Assert.Single(_told.Events, happened => happened.StartsWith("ended", StringComparison.Ordinal));
        Assert.Equal(expected, await _line.Ended);
    }

    public void Dispose() => _clock.Dispose();

    private sealed class Ends : IPcmSink, IPcmSource
    {
        public bool HasHeard { get; private set; }

        int IPcmSink.SampleRateHz => 16_000;

        int IPcmSource.SampleRateHz => 24_000;

        public void Write(ReadOnlySpan<short> pcm) => HasHeard |= pcm.Contains((short)7);

        public int Read(Span<short> frame)
        {
            frame.Fill(5);
            return frame.Length;
        }
    }

    private sealed class Told : ICallListener
    {
        public List<string> Events { get; } = [];

        public void OnAnswered() => Events.Add("answered");

        public void OnAcknowledged() => Events.Add("acknowledged");

        public void OnMediaStarted() => Events.Add("first audio");

        public void OnHold(bool held) => Events.Add($"hold {held}");

        public void OnDigit(char digit, int durationMs, DigitSource source) => Events.Add($"digit {digit}");

        public void OnDigitsSent(string sent, string unsent) => Events.Add($"sent {sent}");

        public void OnTransferEnded(TransferOutcome outcome) => Events.Add($"transfer {outcome.End} {outcome.StatusCode}");

        public void OnEnded(CallEndReason reason) => Events.Add($"ended {reason}");
    }
}
