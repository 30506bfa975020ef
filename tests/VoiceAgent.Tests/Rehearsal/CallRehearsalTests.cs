using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Telephony.Calls;
using Telephony.Media;
using Telephony.Rtp;
using VoiceAgent.Calls;
using VoiceAgent.Rehearsal;

namespace VoiceAgent.Tests.Rehearsal;

/// <summary>A8, B27: the code of a whole call, Live session and all, is compiled before the first caller comes.</summary>
public sealed class CallRehearsalTests
{
    private readonly RtpOptions _rtp = new() { PortRange = "30000-39999", RealTimePriority = RealTimePriority.Off };

    [Fact(Timeout = 30_000)]
    public async Task The_warm_ups_calls_are_answered_by_whole_sessions_that_have_a_Live_session_each()
    {
        var (answered, tokens) = (0, 0L);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "VoiceAgent.WarmUp" && instrument.Name is "voiceagent.calls.answer_time" or "voiceagent.live.tokens")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref answered));
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref tokens, count));
        listener.Start();
        using var clock = new MediaClock(_rtp, TimeProvider.System, NullLoggerFactory.Instance);
        var rehearsal = NewRehearsal();

        Assert.Equal(12, await CallWarmUp.RunAsync(_rtp, clock, TimeProvider.System, rehearsal));

        Assert.Equal(3, rehearsal.Calls);
        Assert.True(answered >= 3, $"{answered} answered");
        Assert.True(tokens > 0, "no turn of the model came to its end");
        await rehearsal.DisposeAsync();   // once more, as a host does at its own end
    }

    [Fact(Timeout = 30_000)]
    public async Task What_else_connects_to_its_server_keeps_nothing_up()
    {
        await using var live = new RehearsalLive();
        var endpoint = new Uri(live.Endpoint);
        using var stranger = new System.Net.Sockets.TcpClient(endpoint.Host, endpoint.Port);
        await stranger.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        Assert.Equal(0, await stranger.GetStream().ReadAsync(new byte[1]));
        using var silent = new System.Net.Sockets.TcpClient(endpoint.Host, endpoint.Port);
        await live.DisposeAsync();
    }

    private static CallRehearsal NewRehearsal()
    {
        var options = new CallOptions();
        return new CallRehearsal(new AnnouncementLibrary(options, Path.Combine(Repository.Root, "config")), TimeProvider.System);
    }
}
