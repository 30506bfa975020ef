using System.Threading.Channels;
using VoiceAgent.Calls;

namespace VoiceAgent.WebConsole.Talk;

/// <summary>What happens in a talk, on its way from the call's loop to the page: states, words as they come, turns as they were heard, how soon the agent answered.</summary>
/// <remarks>Written by the call's loop, read by the socket's. Bounded: who does not read it is behind for good.</remarks>
internal sealed class TalkFeed : ICallObserver
{
    private const int MaxWaiting = 500;

    private readonly Channel<byte[]> _news = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private string? _callerWords;
    private string? _agentWords;
    private int _responses;
    private volatile bool _isBehind;
    private volatile bool _isOver;

    /// <summary>Whether something found no room; any thread.</summary>
    public bool IsBehind => _isBehind;

    /// <summary>Whether the last news is there; any thread.</summary>
    public bool IsOver => _isOver;

    /// <summary>Takes what waited longest, as JSON; the reader's thread.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> message)
    {
        var isThere = _news.Reader.TryRead(out var next);
        message = next;
        return isThere;
    }

    /// <inheritdoc/>
    public void OnWords(CallRecord record)
    {
        TellLatency(record);
        var (said, answered) = (record.OpenCallerWords, record.OpenAgentWords);
        if (said != _callerWords && said is not null)
            Tell(new PageEvent("words") { Speaker = "caller", Text = said });
        if (answered != _agentWords && answered is not null)
            Tell(new PageEvent("words") { Speaker = "agent", Text = answered });
        (_callerWords, _agentWords) = (said, answered);
    }

    /// <inheritdoc/>
    public void OnTimeline(CallRecord record, TimelineEntry entry)
    {
        TellLatency(record);
        Tell(entry.Kind switch
        {
            TimelineKind.State => new PageEvent("state") { State = record.States[^1].State },
            TimelineKind.Caller or TimelineKind.Agent => Said(record.Transcript[^1]),
            _ => new PageEvent("step") { Kind = entry.Kind, Text = entry.Text },
        });
    }

    /// <inheritdoc/>
    public void OnEnded(CallRecord record)
    {
        Tell(new PageEvent("end") { Reason = record.EndReason });
        _isOver = true;
    }

    private static PageEvent Said(TranscriptTurn turn) => new("said") { Speaker = turn.Speaker, Text = turn.Text, Heard = turn.Heard, Unheard = turn.Unheard };

    private void TellLatency(CallRecord record)
    {
        for (; _responses < record.Responses.Count; _responses++)
            Tell(new PageEvent("latency") { LatencyMs = record.Responses[_responses].LatencyMs });
    }

    private void Tell(PageEvent news)
    {
        if (!_news.Writer.TryWrite(news.ToJson()))
            _isBehind = true;
    }
}
