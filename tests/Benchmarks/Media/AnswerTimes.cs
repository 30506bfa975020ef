using System.Net.WebSockets;
using EndToEnd.Tests;

namespace Benchmarks.Media;

/// <summary>B27: how soon calls are answered, each next to a bare Live handshake made just before it.</summary>
internal sealed class AnswerTimes
{
    /// <summary>INVITE to 100.</summary>
    public Samples Trying { get; } = new();

    /// <summary>INVITE to 200, the Live session set up meanwhile.</summary>
    public Samples Answered { get; } = new();

    /// <summary>Connecting and setting up a session without an agent.</summary>
    public Samples Handshake { get; } = new();

    /// <summary>INVITE to 200 less the handshake before it.</summary>
    public Samples OwnShare { get; } = new();

    public static async Task<AnswerTimes> MeasureAsync(AgentUnderTest agent, RawPhone phone, int calls)
    {
        var times = new AnswerTimes();
        while (calls-- > 0)
        {
            var handshake = await HandshakeAsync(agent);
            var line = await phone.CallAsync();
            var answered = Clock.Milliseconds(line.Invite.Sent, line.Invite.Answered);
            times.Handshake.Add(handshake);
            times.Answered.Add(answered);
            times.OwnShare.Add(answered - handshake);
            times.Trying.Add(Clock.Milliseconds(line.Invite.Sent, line.Invite.Trying));
            await phone.HangUpAsync(line);
            await Task.Delay(Random.Shared.Next(10, 30));
        }
        return times;
    }

    private static async Task<double> HandshakeAsync(AgentUnderTest agent)
    {
        var start = Clock.Now;
        using var socket = await LiveDoor.OpenAsync(agent.Live.Endpoint);
        var handshake = Clock.Milliseconds(start, Clock.Now);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);
        return handshake;
    }
}
