using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Simulation.Live;
using Simulation.Live.Schema;

namespace Simulation.Tests.Live;

/// <summary>The fast way for audio must never take what the schema refuses.</summary>
public sealed class AudioMessageTests
{
    private const string Message = """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AQACAAMA"}}}""";

    [Theory]
    [InlineData("AQACAAMA", 6)]
    [InlineData("-_8=", 2)]
    [InlineData("\\u002B/8=", 2)]
    [InlineData("", 0)]
    public void Data_is_decoded_in_every_legal_spelling(string data, int length)
    {
        Assert.True(AudioMessage.TryRead(Encoding.UTF8.GetBytes(Message.Replace("AQACAAMA", data, StringComparison.Ordinal)), new byte[100], out var decoded, out var rateHz));
        Assert.Equal((length, 16_000), (decoded, rateHz));
    }

    [Fact]
    public void Changed_bytes_never_throw_and_are_taken_only_when_the_schema_takes_them() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(NonNegativeInt Position, byte Value)[]>(),
            changes =>
            {
                var bytes = Encoding.UTF8.GetBytes(Message);
                foreach (var (position, value) in changes.Take(3))
                    bytes[position.Get % bytes.Length] = value;
                return !AudioMessage.TryRead(bytes, new byte[bytes.Length], out _, out _) || IsLegal(bytes);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Audio_is_the_bytes_that_were_sent()
    {
        short[] pcm = [short.MinValue, -1, 0, 1, short.MaxValue];
        var bytes = new byte[100];
        Assert.True(AudioMessage.TryRead(Encoding.UTF8.GetBytes(RawLiveClient.Audio(pcm)), bytes, out var length, out _));
        Assert.Equal(pcm, MemoryMarshal.Cast<byte, short>(bytes.AsSpan(0, length)).ToArray());
    }

    private static bool IsLegal(byte[] message)
    {
        using var document = JsonDocument.Parse(message, new JsonDocumentOptions { AllowDuplicateProperties = false });
        return SchemaValidator.Check(document.RootElement) is null;
    }
}
