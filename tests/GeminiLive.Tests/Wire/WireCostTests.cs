using System.Security.Cryptography.X509Certificates;
using System.Text;
using Support;

namespace GeminiLive.Tests.Wire;

/// <summary>What a message costs in memory over a real connection, its waits included; counted for the whole process, so nothing else runs beside it.</summary>
[Collection(nameof(WireCostCollection))]
public sealed class WireCostTests
{
    private const int Exchanges = 500;
    private const int MessageBytes = 940;   // audio of 20 ms

    // One state machine on the heap for each exchange would be 100 to 300.
    private const int MaxBytesPerExchange = 60;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Message_sent_and_message_waited_for_allocate_next_to_nothing(bool isSecure)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("127.0.0.1");
        await using var server = new RawServer(AnswerAsync, isSecure ? certificate : null);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(authority.Trusted);
        var attempt = await new WebSocketConnector(new LiveOptions()) { Trust = trust }.ConnectAsync(server.Address, RawServer.NoHeaders, CancellationToken.None);
        Assert.Null(attempt.Error);
        using var socket = attempt.Socket!;
        await ExchangeAsync(socket);
        var least = long.MaxValue;
        for (var i = 0; i < Allocations.Rounds && least > Exchanges * MaxBytesPerExchange; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await ExchangeAsync(socket);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.InRange(least / Exchanges, 0, MaxBytesPerExchange);
    }

    private static async Task ExchangeAsync(ILiveSocket socket)
    {
        var (message, buffer) = (new byte[MessageBytes], new byte[4096]);
        for (var i = 0; i < Exchanges; i++)
        {
            Assert.True(await socket.SendAsync(message));
            LiveRead read;
            do
                read = await socket.ReadAsync(buffer);
            while (read is { IsClosed: false, EndOfMessage: false });
            Assert.False(read.IsClosed);
        }
    }

    /// <summary>Answers each message with 40 ms of model audio, without any WebSocket, which would cost too.</summary>
    private static async Task AnswerAsync(Stream stream, string request)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(RawServer.Upgrade(request)));
        var (buffer, answer) = (new byte[4096], ClientFrames.OfServer(0x82, new byte[2_700]));
        var owed = -(MessageBytes + 8);
        while (await stream.ReadAsync(buffer) is > 0 and var count)
        {
            for (owed += count; owed >= 0; owed -= MessageBytes + 8)
                await stream.WriteAsync(answer);
        }
    }
}

/// <summary>Tests that count for the whole process.</summary>
[CollectionDefinition(nameof(WireCostCollection), DisableParallelization = true)]
public sealed class WireCostCollection;
