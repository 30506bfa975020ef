using Microsoft.Extensions.Logging;
using Support;
using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Tests.Records;

/// <summary>What the log does not hold (goals A33), and what it goes on to hold.</summary>
public sealed class MaskedLoggingTests
{
    private readonly LogLines<object> _lines = new();

    [Fact]
    public void Numbers_and_patterns_are_masked_and_ports_and_counts_are_not()
    {
        using var factory = Factory(new RecordOptions { MaskNumbers = true });
        var logger = factory.CreateLogger("any");
        logger.CallOffered("abcd2345", "sip:+491715550199@192.168.100.200:50600", "4111111111111111", "reception", "Agents:Default", "id 4111 1111 1111 1111");
        Assert.Equal("Information: Call abcd2345 from sip:+xxxxxxxxx199@192.168.100.200:50600 to xxxxxxxxxxxxx111: agent reception by Agents:Default (Call-ID id ***)", Assert.Single(_lines.Lines));
    }

    [Fact]
    public void Numbers_stay_where_nobody_masks_them_and_cards_go()
    {
        using var factory = Factory(new RecordOptions());
        var logger = factory.CreateLogger("any");
        logger.CallOffered("abcd2345", "sip:+491715550199@example.com", "4711", "reception", "card 4111 1111 1111 1111", "12345678");
        Assert.Equal("Information: Call abcd2345 from sip:+491715550199@example.com to 4711: agent reception by card *** (Call-ID 12345678)", Assert.Single(_lines.Lines));
    }

    private MaskedLogging Factory(RecordOptions options)
    {
        var providers = new Provider(_lines);
        return new MaskedLogging(new LoggerFactory([providers]), () => new RecordPrivacy(new Redaction(new RedactionOptions()), options));
    }

    private sealed class Provider(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
