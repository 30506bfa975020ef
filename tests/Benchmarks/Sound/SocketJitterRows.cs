using System.Net;
using AudioMeasures.Impairments;
using Benchmarks.Media;
using EndToEnd.Tests;
using Telephony.Codecs;

namespace Benchmarks.Sound;

/// <summary>B4 over sockets: a phone behind a bad network, loud packets up; from the network's last hop to the message in which the Live server gets their first sample.</summary>
internal static class SocketJitterRows
{
    private const int Lines = 8;
    private const int MarkersPerLine = 38;   // within the time in which nobody wonders that the model does not answer
    private const int HeaderBytes = 12;
    private const int LoudMagnitude = 8_000;

    public static async Task<IReadOnlyList<FigureRow>> MeasureAsync(AgentUnderTest agent, RawPhone phone) =>
    [
        await RowAsync(agent, phone, "30 ms jitter, packets in order", new Impairment { JitterMs = 30 }),
        await RowAsync(agent, phone, "30 ms jitter, 2 % of packets overtaken by 30 ms", new Impairment { JitterMs = 30, Reorder = 0.02 }),
    ];

    private static async Task<FigureRow> RowAsync(AgentUnderTest agent, RawPhone phone, string what, Impairment impairment)
    {
        var relays = new List<(ImpairmentRelay Relay, List<long> Loud)>();
        phone.Detour = to => Through(to, impairment, relays);
        var calls = new List<(PhoneLine Line, Simulation.Live.SimulatedSession Session)>();
        while (calls.Count < Lines)
            calls.Add((await CallAsync(phone), agent.Live.Sessions[^1]));
        await Task.Delay(500);   // the first packets lock the source
        await Task.WhenAll(calls.Select(call => SpeakAsync(call.Line)));
        phone.Detour = null;
        var waits = new Samples();
        for (var i = 0; i < Lines; i++)
        {
            await phone.HangUpAsync(calls[i].Line);
            relays[i].Relay.Dispose();
            AddWaits(waits, relays[i].Loud, new MarkerSearch(calls[i].Session));
        }
        return new("B4", $"last hop to Live over sockets, {what}, {Lines} calls", "p50 <= 5, p99 <= 60 ms", Verdict.Of(waits, 5, 60), $"{waits.Count} of {Lines * MarkersPerLine} found");
    }

    // The service refuses calls for a moment when the machine is overloaded.
    private static async Task<PhoneLine> CallAsync(RawPhone phone, int attempts = 10)
    {
        while (true)
        {
            try
            {
                return await phone.CallAsync();
            }
            catch (IOException) when (attempts-- > 0)
            {
                await Task.Delay(1_000);
            }
        }
    }

    private static IPEndPoint Through(IPEndPoint to, Impairment impairment, List<(ImpairmentRelay, List<long>)> relays)
    {
        var loud = new List<long>();
        var relay = new ImpairmentRelay(new IPEndPoint(IPAddress.Loopback, 0), to, impairment, Impairment.None, seed: relays.Count + 1)
        {
            OnSentToFar = (datagram, sent) =>
            {
                if (IsLoud(datagram.Span))
                    loud.Add(sent);
            },
        };
        relays.Add((relay, loud));
        return relay.Address;
    }

    private static bool IsLoud(ReadOnlySpan<byte> datagram)
    {
        foreach (var code in datagram[Math.Min(HeaderBytes, datagram.Length)..])
            if (Math.Abs((int)G711.DecodeMuLaw(code)) >= LoudMagnitude)
                return true;
        return false;
    }

    private static async Task SpeakAsync(PhoneLine line)
    {
        for (var i = 0; i < MarkersPerLine; i++)
        {
            await line.SendMarkerAsync();
            await Task.Delay(Random.Shared.Next(110, 140));
        }
        await Task.Delay(300);
    }

    private static void AddWaits(Samples waits, List<long> loud, MarkerSearch markers)
    {
        for (var i = 0; i < loud.Count; i++)
        {
            var arrival = markers.ArrivalBetween(loud[i], i + 1 < loud.Count ? loud[i + 1] : long.MaxValue);
            if (arrival > 0)
                waits.Add(Clock.Milliseconds(loud[i], arrival));
        }
    }
}
