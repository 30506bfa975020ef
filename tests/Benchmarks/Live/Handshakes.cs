using System.Net.WebSockets;
using Benchmarks.Media;
using Simulation.Live;

namespace Benchmarks.Live;

/// <summary>The reference of every change of connection: a bare socket that connects and sets up.</summary>
internal static class Handshakes
{
    /// <summary>Time of some handshakes, one after the other.</summary>
    public static async Task<Samples> MeasureAsync(int count)
    {
        await using var live = await SimulatedLive.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, TimeProvider.System);
        var times = new Samples();
        while (count-- > 0)
        {
            var start = Clock.Now;
            using var socket = await LiveDoor.OpenAsync(live.Endpoint);
            times.Add(Clock.Milliseconds(start, Clock.Now));
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);
            await Task.Delay(Random.Shared.Next(10, 30));
        }
        return times;
    }
}
