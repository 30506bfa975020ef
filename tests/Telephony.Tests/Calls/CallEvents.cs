using System.Collections.Concurrent;
using System.Threading.Channels;
using Telephony.Audio;
using Telephony.Calls;
using Telephony.Sip.UserAgents;

namespace Telephony.Tests.Calls;

/// <summary>A listener that writes down what it is told.</summary>
internal sealed class CallEvents : ICallListener
{
    private readonly ConcurrentQueue<string> _told = new();
    private readonly Channel<string> _news = Channel.CreateUnbounded<string>();

    public IEnumerable<string> Told => _told;

    public int Ends => _told.Count(line => line.StartsWith("ended", StringComparison.Ordinal));

    public void OnRinging() => Tell("ringing");

    public void OnAnswered() => Tell("answered");

    public void OnAcknowledged() => Tell("acknowledged");

    public void OnMediaStarted() => Tell("media");

    public void OnHold(bool held) => Tell(held ? "held" : "resumed");

    public void OnDigit(char digit, int durationMs, DigitSource source) => Tell($"{digit} {durationMs} {source}");

    public void OnDigitsSent(string sent, string unsent) => Tell($"sent {sent} {unsent}".TrimEnd());

    public void OnTransferEnded(TransferOutcome outcome) => Tell($"transfer {outcome.End} {outcome.StatusCode}");

    public void OnHandedOver() => Tell("handed over");

    public void OnEnded(CallEndReason reason) => Tell($"ended {reason}");

    /// <summary>Waits until that line is told.</summary>
    public async Task UntilToldAsync(string line)
    {
        while (await _news.Reader.ReadAsync() != line)
        {
        }
    }

    public override string ToString() => string.Join(", ", _told);

    private void Tell(string line)
    {
        _told.Enqueue(line);
        _news.Writer.TryWrite(line);
    }
}

/// <summary>Hears nothing and says nothing.</summary>
internal sealed class Silence : IPcmSink, IPcmSource
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
