using System.Net;
using Simulation.Phone;

namespace EndToEnd.Tests.Peers;

/// <summary>The media of a call whose signalling is a peer's: the test's own socket hears the agent, and speaks to where its RTP comes from.</summary>
internal sealed class RtpSink : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly PhoneMedia _media;
    private readonly Task _answering;

    public RtpSink(IPAddress address, string codec = "PCMU")
    {
        _media = new PhoneMedia(address, new CallerOptions { TargetUri = "" }, new CallTimeline());
        PhoneClock.Shared.Add(_media);
        _answering = AnswerAsync(new SdpCodec((byte)(codec == "PCMA" ? 8 : 0), codec));
    }

    /// <summary>What the peer's SDP must say.</summary>
    public int Port => _media.LocalRtp.Port;

    public HeardAudio Heard => _media.Heard;

    public CallerStatistics Statistics => _media.Statistics;

    /// <summary>Queues speech; silence is sent otherwise.</summary>
    public void Say(short[] pcm, int sampleRateHz) => _media.Said.Enqueue(new Telephony.Audio.WavFile(sampleRateHz, 1, pcm));

    /// <summary>Presses a key: telephone-event 101.</summary>
    public bool Press(char digit) => _media.Digits.TryEnqueue(digit);

    public async ValueTask DisposeAsync()
    {
        await _media.CloseAsync();
        await _answering;
    }

    // Its address is in an SDP that only the peer sees; the first packet shows it.
    private async Task AnswerAsync(SdpCodec codec)
    {
        if (await _media.Waiters.WaitAsync(_ => _media.Source is not null, LongestWait))
            _media.SetTarget(new MediaTarget(_media.Source!, codec, 101, Sending: true));
    }
}
