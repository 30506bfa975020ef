using System.Net;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Ladders;

/// <summary>The SIP messages of one call, in the order in which they came and went: the first ones and the last ones, and how many are left out between.</summary>
/// <remarks>Written by the signalling loop, read by any thread. Bounded in messages and bytes. What nobody may read is taken out when it is read.</remarks>
public sealed class SipLadder
{
    private const int FirstMessages = 16;
    private const int LastMessages = 48;
    private const int MaxMessageBytes = 4_096;
    private const int MaxBytes = 96 * 1_024;

    private readonly Lock _gate = new();
    private readonly List<Rung> _first = [];
    private readonly Queue<Rung> _last = new();
    private int _bytes;
    private int _leftOut;

    /// <summary>Messages that came or went between the first and the last ones and are not kept.</summary>
    public int LeftOut
    {
        get
        {
            lock (_gate)
                return _leftOut;
        }
    }

    /// <summary>The messages so far, without credentials, keys and digits.</summary>
    public IReadOnlyList<LadderMessage> Read()
    {
        Rung[] rungs;
        lock (_gate)
            rungs = [.. _first, .. _last];
        return [.. rungs.Select(rung => new LadderMessage(rung.At, rung.IsSent, rung.Protocol, rung.Local, rung.Remote, LadderRedaction.Apply(rung.Message.Span)))];
    }

    /// <summary>Takes over what another one has kept.</summary>
    internal SipLadder Append(SipLadder other)
    {
        Rung[] rungs;
        lock (other._gate)
            rungs = [.. other._first, .. other._last];
        lock (_gate)
        {
            foreach (var rung in rungs)
                Keep(rung);
        }
        return this;
    }

    /// <summary>A message came or went.</summary>
    /// <param name="at">When.</param>
    /// <param name="isSent">Whether we sent it.</param>
    /// <param name="message">Its bytes, which nobody changes any more.</param>
    /// <param name="flow">Its way.</param>
    internal void Add(DateTimeOffset at, bool isSent, ReadOnlyMemory<byte> message, SipFlow flow)
    {
        if (message.Length > MaxMessageBytes)
            message = message[..MaxMessageBytes].ToArray();   // a copy: the rest shall not be kept alive
        var local = new IPEndPoint(flow.AdvertisedAddress, flow.AdvertisedPort ?? 0);
        var rung = new Rung(at, isSent, flow.Transport.LocalEndPoint.Protocol.ToString().ToLowerInvariant(), local.ToString(), flow.Remote.ToString(), message);
        lock (_gate)
            Keep(rung);
    }

    private void Keep(Rung rung)
    {
        _bytes += rung.Message.Length;
        if (_first.Count < FirstMessages)
        {
            _first.Add(rung);
            return;
        }
        _last.Enqueue(rung);
        while (_last.Count > LastMessages || (_bytes > MaxBytes && _last.Count > 1))
        {
            _bytes -= _last.Dequeue().Message.Length;
            _leftOut++;
        }
    }

    private sealed record Rung(DateTimeOffset At, bool IsSent, string Protocol, string Local, string Remote, ReadOnlyMemory<byte> Message);
}
