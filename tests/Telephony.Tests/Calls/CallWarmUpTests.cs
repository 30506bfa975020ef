using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Telephony.Calls;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.UserAgents;

namespace Telephony.Tests.Calls;

/// <summary>A8, B27: what the first calls run is compiled before they come, and nobody counts the calls that it took.</summary>
public sealed class CallWarmUpTests
{
    private readonly RtpOptions _rtp = new() { PortRange = "30000-39999", RealTimePriority = RealTimePriority.Off };

    [Fact(Timeout = 30_000)]
    public async Task It_makes_calls_that_no_meter_of_the_service_counts()
    {
        var counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "VoiceAgent.WarmUp")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, _, _) =>
        {
            if (instrument.Name is "telephony.calls.answered" or "telephony.calls.refused" or "telephony.calls.ended")
                Interlocked.Add(ref counted, (int)count);
        });
        listener.Start();
        using var clock = new MediaClock(_rtp, TimeProvider.System, NullLoggerFactory.Instance);

        var calls = await CallWarmUp.RunAsync(_rtp, clock, TimeProvider.System);

        Assert.Equal(12, calls);   // three times: OPTIONS, a talk, one that is given up, one that is refused
        Assert.True(counted >= 3 * (2 + 1 + 2), $"{counted}");   // answered and ended, cancelled, refused and ended
        Assert.True(SpinWait.SpinUntil(() => clock.Calls == 0, TimeSpan.FromSeconds(10)));   // the media thread lets go of the last one by itself
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_free_port_the_start_goes_on()
    {
        using var clock = new MediaClock(_rtp, TimeProvider.System, NullLoggerFactory.Instance);
        using var first = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        first.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var taken = ((System.Net.IPEndPoint)first.LocalEndPoint!).Port & ~1;
        Assert.Equal(12, await CallWarmUp.RunAsync(new RtpOptions { PortRange = $"{taken}-{taken + 1}" }, clock, TimeProvider.System));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_rehearsal_that_never_answers_and_fails_at_its_end_leaves_no_call_and_the_start_goes_on()
    {
        using var clock = new MediaClock(_rtp, TimeProvider.System, NullLoggerFactory.Instance);
        var rehearsal = new FailingRehearsal();

        await CallWarmUp.TryRunAsync(_rtp, clock, TimeProvider.System, NullLogger.Instance, rehearsal, TimeSpan.FromSeconds(0.3));

        Assert.Equal(rehearsal.Offered, rehearsal.EndedAtItsEnd);
    }

    /// <summary>Leaves its calls ringing, and throws when it is disposed.</summary>
    private sealed class FailingRehearsal : ICallRehearsal
    {
        private readonly List<HeardListener> _calls = [];

        public int Offered => _calls.Count;

        public int? EndedAtItsEnd { get; private set; }

        public void OnCallOffered(Call call)
        {
            var listener = new HeardListener();
            call.Listener = listener;
            call.Ring();
            _calls.Add(listener);
        }

        public ValueTask DisposeAsync()
        {
            EndedAtItsEnd = _calls.Count(call => call.HasEnded);
            throw new InvalidOperationException("Not listening.");
        }
    }

    private sealed class HeardListener : ICallListener
    {
        public volatile bool HasEnded;

        public void OnAnswered()
        {
        }

        public void OnAcknowledged()
        {
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

        public void OnTransferEnded(TransferOutcome outcome)
        {
        }

        public void OnEnded(CallEndReason reason) => HasEnded = true;
    }
}
