using System.Text.RegularExpressions;

namespace GeminiLive.Tests;

public sealed class ToolCodeFilterTests
{
    private readonly ToolCodeFilter _filter = new();

    [Theory]
    [InlineData("One moment. ```tool_code\nprint(default_api.look_up(number=\"4)17\"))\n``` It is ready.", "One moment. \n\n It is ready.")]
    [InlineData("print(default_api.a())print(default_api.b(x='it\\'s)')) Done", " Done")]
    [InlineData("They print(ed) it, by default_api or not: print(", "They print(ed) it, by default_api or not: print(")]
    public void Leaked_calls_are_taken_out_however_they_are_split(string said, string kept)
    {
        // The service splits between words and signs, as its tokens do.
        var tokens = Regex.Matches(said, "```tool_code|```|[a-z_]+|.|\n", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Value).ToArray();
        for (var count = 1; count <= tokens.Length; count++)
        {
            var filter = new ToolCodeFilter();
            Assert.Equal(kept, string.Concat(tokens.Chunk(count).Select(some => filter.Pass(string.Concat(some)))) + filter.End());
        }
    }

    [Fact]
    public void Ordinary_fragment_passes_as_it_is()
    {
        const string Fragment = " Your bicycle is ready (since Monday).";
        Assert.Same(Fragment, _filter.Pass(Fragment));
        Assert.Equal(0, _filter.Removed);
    }

    [Fact]
    public void Code_without_an_end_swallows_nothing_that_is_said_in_the_next_turn_or_much_later()
    {
        Assert.Equal("", _filter.Pass("print(default_api.x("));
        Assert.Equal("", _filter.End());
        Assert.Equal("Hello", _filter.Pass("Hello"));
        Assert.Equal("", _filter.Pass("print(default_api.x(" + new string('y', 5_000)));
        Assert.Equal("Hello", _filter.Pass("Hello"));
    }
}
