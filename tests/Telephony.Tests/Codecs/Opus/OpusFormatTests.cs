using Telephony.Codecs.Opus;

namespace Telephony.Tests.Codecs.Opus;

public sealed class OpusFormatTests
{
    [Theory]
    [InlineData("", 48_000, null, false, false)]
    [InlineData("minptime=10;useinbandfec=1", 48_000, null, true, false)]                               // Chrome
    [InlineData("useinbandfec=1; stereo=1; sprop-stereo=1", 48_000, null, true, false)]                  // baresip, linphone
    [InlineData("maxplaybackrate=16000; maxaveragebitrate=20000;CBR=1", 16_000, 20_000, false, true)]
    [InlineData("maxplaybackrate=1;maxaveragebitrate=1", 8_000, 6_000, false, false)]
    [InlineData("maxplaybackrate=99999999;maxaveragebitrate=2000000000", 48_000, 510_000, false, false)]
    [InlineData("maxplaybackrate=-1;maxaveragebitrate=99999999999999;useinbandfec=yes", 48_000, null, false, false)]
    [InlineData("maxaveragebitrate=0;useinbandfec;=;==1;;;", 48_000, null, false, false)]
    [InlineData("useinbandfec=0;useinbandfec=1", 48_000, null, true, false)]
    public void The_peers_wishes_are_read(string parameters, int rateHz, int? bitrate, bool fec, bool cbr) =>
        Assert.Equal(
            new OpusFormat { MaxPlaybackRateHz = rateHz, MaxAverageBitrateBps = bitrate, InBandFec = fec, IsConstantBitrate = cbr },
            OpusFormat.Parse(parameters));

    [Fact]
    public void No_more_than_a_few_parameters_are_read() =>
        Assert.False(OpusFormat.Parse(string.Concat(Enumerable.Repeat("x=1;", 100_000)) + "useinbandfec=1").InBandFec);

    [Fact]
    public void Any_text_is_read()
    {
        var random = new Random(7587);
        const string letters = "maxplybckrteuindf=;1029 \t-";
        for (var round = 0; round < 5_000; round++)
        {
            var format = OpusFormat.Parse(new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => letters[random.Next(letters.Length)])]));
            Assert.InRange(format.MaxPlaybackRateHz, 8_000, 48_000);
        }
    }

    [Theory]
    [InlineData("useinbandfec=1;maxaveragebitrate=20000", true, 20_000, true)]
    [InlineData("useinbandfec=1;maxaveragebitrate=64000", true, 32_000, true)]
    [InlineData("useinbandfec=1", false, 32_000, false)]
    [InlineData("", true, 32_000, false)]
    public void Our_options_hold_within_the_peers_wishes(string peer, bool ourFec, int bitrate, bool fec)
    {
        var encoding = OpusEncoding.For(new OpusOptions { InBandFec = ourFec }, OpusFormat.Parse(peer));
        Assert.Equal((bitrate, fec, 5), (encoding.BitrateBps, encoding.InBandFec, encoding.Complexity));
    }

    [Fact]
    public void What_we_write_of_ourselves_is_read_back()
    {
        var format = OpusFormat.Parse(OpusFormat.OfOurs(new OpusOptions { Bitrate = 24_000 }));
        Assert.Equal(new OpusFormat { MaxPlaybackRateHz = 16_000, MaxAverageBitrateBps = 24_000, InBandFec = true }, format);
        Assert.False(OpusFormat.Parse(OpusFormat.OfOurs(new OpusOptions { InBandFec = false })).InBandFec);
    }
}
