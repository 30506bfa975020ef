using System.Globalization;
using System.Net;
using System.Text;
using Simulation.Live;
using Support;
using Telephony.Codecs;

namespace EndToEnd.Tests.Peers;

/// <summary>The matrix of transports and codecs with sipp: a tone each way in every cell, whose level must come out as it went in. sipp plays packets that were coded
/// beforehand, over a stream of its own, and what it is sent is decoded here.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class SippToneTests : IDisposable
{
    private const int ModelRateHz = 24_000;
    private const int UplinkRateHz = 16_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(40);
    private static readonly string[] Transports = ["udp", "tcp", "tls"];
    private static readonly AudioCodec[] Codecs = [CodecCatalog.Pcmu, CodecCatalog.Pcma, CodecCatalog.G722];

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Tones_come_out_at_their_level_both_ways_in_every_cell()
    {
        Assert.SkipUnless(Sipp.IsInstalled && TlsClient.IsInstalled, $"{Sipp.Missing} {TlsClient.Missing}");
        using var certificate = _authority.Issue("localhost 127.0.0.1");
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false },
            ("Telephony:Listen:2", "tls://127.0.0.1:0"), ("Telephony:Tls:CertificateFile", _authority.Write(certificate)));
        await using var tls = await TlsClient.StartAsync(agent.Tls, _authority.CaFile);

        List<Task<Cell>> calls = [];
        foreach (var transport in Transports)
        {
            foreach (var codec in Codecs)
            {
                var (sipp, listener) = Begin(transport, codec, transport switch { "udp" => agent.Udp, "tcp" => agent.Tcp, _ => tls.EndPoint });
                // Only begun one after the other, so that it is known whose session is whose.
                var session = await agent.Live.WaitForSessionAsync(calls.Count + 1, Soon);
                calls.Add(MeasureAsync(transport, codec, sipp, listener, session));
            }
        }
        var cells = await Task.WhenAll(calls);

        var table = Table(cells);
        TestContext.Current.TestOutputHelper?.WriteLine(table);
        Assert.True(cells.All(cell => cell.Levels.AreRight), table);
    }

    private static (Task<SippResult> Sipp, ToneListener Listener) Begin(string transport, AudioCodec codec, IPEndPoint target)
    {
        var listener = new ToneListener();
        var script = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Peers", "Scenarios", "tones.xml"));
        var sipp = Sipp.RunAsync(new SippRun("tones", target)
        {
            Script = script.Replace("PAYLOADTYPE", $"{codec.StaticPayloadType}", StringComparison.Ordinal).Replace("CODEC", $"{codec.Name}", StringComparison.Ordinal),
            Transport = transport == "udp" ? "u1" : "t1",
            IsTls = transport == "tls",
            MediaPorts = [listener.Port],
            Speech = Encoded(codec),
            Limit = TimeSpan.FromSeconds(60),
        });
        return (sipp, listener);
    }

    private static async Task<Cell> MeasureAsync(string transport, AudioCodec codec, Task<SippResult> sipp, ToneListener listener, SimulatedSession session)
    {
        await using var _ = listener;
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync(Tone.Sine(ModelRateHz, ToneCall.FrequencyHz, ModelRateHz * 6 / 5, ToneCall.Amplitude));
        (await sipp).MustSucceed();
        return new(transport, codec, new(ToneCall.LevelDb(session.CallerAudio, UplinkRateHz), ToneCall.LevelDb(listener.Heard(codec), codec.SampleRateHz)));
    }

    private static byte[] Encoded(AudioCodec codec)
    {
        var encoder = CodecCatalog.CreateEncoder(codec);
        var pcm = Tone.Sine(encoder.SampleRateHz, ToneCall.FrequencyHz, encoder.SampleRateHz * 6 / 5, ToneCall.Amplitude);
        var payload = new byte[encoder.MaxPayloadBytes(pcm.Length)];
        return payload[..encoder.Encode(pcm, payload)];
    }

    private static string Table(IEnumerable<Cell> cells)
    {
        var text = new StringBuilder("| phone | SIP | media | ").AppendJoin(" | ", Codecs.Select(codec => codec.Name)).AppendLine(" |");
        text.Append("|---|---|---|").AppendLine(string.Concat(Enumerable.Repeat("---|", Codecs.Length)));
        foreach (var row in cells.GroupBy(cell => cell.Transport))
            text.Append(CultureInfo.InvariantCulture, $"| sipp | {row.Key} | RTP | ").AppendJoin(" | ", row.Select(cell => cell.Levels)).AppendLine(" |");
        return text.ToString();
    }

    private sealed record Cell(string Transport, AudioCodec Codec, ToneLevels Levels);
}
