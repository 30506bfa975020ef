using System.Globalization;

namespace Telephony.Codecs.Opus;

/// <summary>The <c>fmtp</c> parameters of Opus: what one side wants to receive (RFC 7587 section 6.1).</summary>
/// <remarks>Stereo is neither asked for nor sent, and a peer that may receive it receives mono as well; <c>usedtx</c> and the <c>sprop-</c> hints bind nobody.</remarks>
public sealed record OpusFormat
{
    // Nobody writes more; what comes after is not read.
    private const int MaxParameters = 32;

    private const int MinBitrateBps = 6_000;
    private const int MaxBitrateBps = 510_000;
    private const int MinRateHz = 8_000;
    private const int MaxRateHz = 48_000;

    /// <summary>Highest sample rate that the receiver plays, 8000 to 48000 Hz.</summary>
    public int MaxPlaybackRateHz { get; init; } = MaxRateHz;

    /// <summary>Highest average bitrate that the receiver takes, 6000 to 510000 bit/s; null for any.</summary>
    public int? MaxAverageBitrateBps { get; init; }

    /// <summary>The receiver makes use of redundancy.</summary>
    public bool InBandFec { get; init; }

    /// <summary>The receiver wants packets of one size.</summary>
    public bool IsConstantBitrate { get; init; }

    /// <summary>Reads the parameters; unknown ones are skipped, senseless values brought into range or left out. Never throws.</summary>
    /// <param name="parameters"><c>maxplaybackrate=16000; useinbandfec=1</c>.</param>
    public static OpusFormat Parse(ReadOnlySpan<char> parameters)
    {
        var format = new OpusFormat();
        for (var i = 0; i < MaxParameters && !parameters.IsEmpty; i++)
        {
            var end = parameters.IndexOf(';');
            var one = end < 0 ? parameters : parameters[..end];
            parameters = end < 0 ? [] : parameters[(end + 1)..];
            var equals = one.IndexOf('=');
            if (equals > 0 && int.TryParse(one[(equals + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                format = format.With(one[..equals].Trim(), value);
        }
        return format;
    }

    /// <summary>What we write of ourselves: we hear up to 8 kHz, as the model does, and make use of redundancy; mono goes without saying.</summary>
    public static string OfOurs(OpusOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var fec = options.InBandFec ? 1 : 0;
        return string.Create(CultureInfo.InvariantCulture,
            $"maxplaybackrate=16000;sprop-maxcapturerate=24000;maxaveragebitrate={options.Bitrate};stereo=0;useinbandfec={fec}");
    }

    private OpusFormat With(ReadOnlySpan<char> name, int value)
    {
        if (name.Equals("maxplaybackrate", StringComparison.OrdinalIgnoreCase))
            return this with { MaxPlaybackRateHz = Math.Clamp(value, MinRateHz, MaxRateHz) };
        if (name.Equals("maxaveragebitrate", StringComparison.OrdinalIgnoreCase))
            return value == 0 ? this : this with { MaxAverageBitrateBps = Math.Clamp(value, MinBitrateBps, MaxBitrateBps) };
        if (name.Equals("useinbandfec", StringComparison.OrdinalIgnoreCase))
            return this with { InBandFec = value == 1 };
        return name.Equals("cbr", StringComparison.OrdinalIgnoreCase) ? this with { IsConstantBitrate = value == 1 } : this;
    }
}
