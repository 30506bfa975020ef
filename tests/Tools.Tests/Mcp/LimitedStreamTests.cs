using System.Text;
using Tools.Mcp;

namespace Tools.Tests.Mcp;

/// <summary>A foreign server cannot make us keep more than one message of bounded size.</summary>
public sealed class LimitedStreamTests
{
    [Theory]
    [InlineData("12345678\n12345678\n", 1)]
    [InlineData("12345678\n12345678\n", 7)]
    [InlineData("\n\n1\n\n\n1234567", 100)]
    public async Task Lines_pass_as_long_as_each_is_short(string text, int step) => Assert.Equal(text, await ReadAsync(text, LimitedStream.Ending.Line, step));

    [Theory]
    [InlineData("data: 1\r\n\r\ndata: 2\r\n\r\n", 3)]
    [InlineData("d: 1\nd: 2\n\nd: 3\n\n", 1)]
    public async Task Events_pass_as_long_as_each_is_short(string text, int step) => Assert.Equal(text, await ReadAsync(text, LimitedStream.Ending.EmptyLine, step));

    [Theory]
    [InlineData("123456789012345", (int)LimitedStream.Ending.Line)]
    [InlineData("1\n123456789012345", (int)LimitedStream.Ending.Line)]
    [InlineData("d: 1\nd: 2\nd: 3\nd: 4", (int)LimitedStream.Ending.EmptyLine)]
    [InlineData("1234\n\n5678\n\n9012", (int)LimitedStream.Ending.Stream)]
    public async Task What_is_longer_breaks_the_stream(string text, int ending)
    {
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(text, (LimitedStream.Ending)ending, 3));
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(text, (LimitedStream.Ending)ending, 100));
    }

    private static async Task<string> ReadAsync(string text, LimitedStream.Ending ending, int step)
    {
        await using var stream = new LimitedStream(new MemoryStream(Encoding.UTF8.GetBytes(text)), ending, maxBytes: 12);
        var read = new StringBuilder();
        var buffer = new byte[step];
        while (await stream.ReadAsync(buffer) is > 0 and var count)
            read.Append(Encoding.UTF8.GetString(buffer, 0, count));
        return read.ToString();
    }
}
