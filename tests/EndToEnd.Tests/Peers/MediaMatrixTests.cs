using System.Globalization;
using System.Text;
using Simulation.Live;
using Support;

namespace EndToEnd.Tests.Peers;

/// <summary>The matrix of transports, codecs and encryption: a tone each way in every cell, whose level must come out as it went in.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class MediaMatrixTests : IDisposable
{
    private static readonly string[] Transports = ["udp", "tcp", "tls"];
    private static readonly string[] Codecs = ["PCMU", "PCMA", "G722/16000/1", "opus/48000/2"];

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Tones_come_out_at_their_level_both_ways_in_every_cell()
    {
        Assert.SkipUnless(Baresip.IsInstalled && Kamailio.IsInstalled, $"{Baresip.Missing} {Kamailio.Missing}");
        using var certificate = _authority.Issue("localhost 127.0.0.1");
        var file = _authority.Write(certificate);

        bool[] either = [false, true];
        var lanes = Transports.SelectMany(transport => either.SelectMany(isProxied => either.Select(isEncrypted => RunLaneAsync(transport, isProxied, isEncrypted, file))));
        var cells = (await Task.WhenAll(lanes)).SelectMany(lane => lane).ToList();

        var table = Table(cells);
        TestContext.Current.TestOutputHelper?.WriteLine(table);
        Assert.True(cells.All(cell => cell.Levels.AreRight), table);
    }

    private static string Table(List<Cell> cells)
    {
        var text = new StringBuilder("| phone | SIP | media | ").AppendJoin(" | ", Codecs.Select(codec => codec.Split('/')[0])).AppendLine(" |");
        text.Append("|---|---|---|").AppendLine(string.Concat(Enumerable.Repeat("---|", Codecs.Length)));
        foreach (var row in cells.GroupBy(cell => (cell.IsProxied, cell.Transport, cell.IsEncrypted)))
        {
            text.Append(CultureInfo.InvariantCulture, $"| baresip{(row.Key.IsProxied ? ", kamailio" : "")} | {row.Key.Transport} | {(row.Key.IsEncrypted ? "SRTP" : "RTP")} | ");
            text.AppendJoin(" | ", row.Select(cell => cell.Levels)).AppendLine(" |");
        }
        return text.ToString();
    }

    // One agent, and the calls of its lane one after the other.
    private async Task<List<Cell>> RunLaneAsync(string transport, bool isProxied, bool isEncrypted, string certificateFile)
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false },
            ("Telephony:Listen:2", "tls://127.0.0.1:0"),
            ("Telephony:Tls:CertificateFile", certificateFile),
            ("Telephony:Tls:TrustedCaFile", _authority.CaFile),
            ("Telephony:Srtp:AllowKeysInClear", "true"));
        var endPoint = transport switch { "udp" => agent.Udp, "tcp" => agent.Tcp, _ => agent.Tls };
        await using var proxy = isProxied ? await Kamailio.StartAsync(endPoint, _authority, transport) : null;

        var cells = new List<Cell>();
        foreach (var codec in Codecs)
        {
            await using var phone = await Baresip.StartAsync(new BaresipPhone
            {
                Transport = isProxied ? "udp" : transport,
                Codecs = codec,
                CaFile = _authority.CaFile,
                MediaEncryption = isEncrypted ? "srtp-mand" : "",
                Speech = ToneCall.Speech,
            });
            cells.Add(new(transport, isProxied, isEncrypted, await ToneCall.MakeAsync(agent.Live, cells.Count, phone, $"sip:agent@{proxy?.Udp ?? endPoint}")));
            Assert.Contains($"Set audio decoder: {codec.Split('/')[0]}", phone.Log, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(isEncrypted, phone.Log.Contains("SRTP is Enabled", StringComparison.Ordinal));
        }
        return cells;
    }

    private sealed record Cell(string Transport, bool IsProxied, bool IsEncrypted, ToneLevels Levels);
}
