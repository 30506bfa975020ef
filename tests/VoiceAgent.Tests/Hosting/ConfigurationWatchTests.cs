using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using VoiceAgent.Hosting;

namespace VoiceAgent.Tests.Hosting;

/// <summary>A changed file is read anew; one that cannot be read changes nothing.</summary>
public sealed class ConfigurationWatchTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("watch");
    private readonly ManualTimeProvider _time = new();
    private int _changes;

    private string FilePath => Path.Combine(_folder.FullName, "appsettings.json");

    [Fact]
    public async Task Changed_file_is_read_within_a_second_and_told_once()
    {
        using var watch = await StartAsync("""{ "A": "1" }""");
        _time.Advance(Second);
        Assert.Equal(("1", 0), (watch.Root["A"], _changes));

        await File.WriteAllTextAsync(FilePath, """{ "A": "22" }""");
        _time.Advance(Second);
        _time.Advance(Second);
        Assert.Equal(("22", 1), (watch.Root["A"], _changes));
    }

    [Theory]
    [InlineData("{ \"A\": ")]
    [InlineData(null)]
    public async Task File_that_cannot_be_read_leaves_what_was_read_before(string? text)
    {
        using var watch = await StartAsync("""{ "A": "1" }""");
        File.Delete(FilePath);
        if (text is not null)
            await File.WriteAllTextAsync(FilePath, text);
        _time.Advance(Second);
        Assert.Equal(("1", 0), (watch.Root["A"], _changes));

        await File.WriteAllTextAsync(FilePath, """{ "A": "333" }""");
        _time.Advance(Second);
        Assert.Equal(("333", 1), (watch.Root["A"], _changes));
    }

    [Fact]
    public async Task File_that_may_be_read_later_is_read_then_unchanged_as_it_is()
    {
        using var watch = await StartAsync("""{ "A": "1" }""");
        await File.WriteAllTextAsync(FilePath, """{ "A": "22" }""");
        await using (new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.None))
            _time.Advance(Second);
        Assert.Equal(("1", 0), (watch.Root["A"], _changes));

        _time.Advance(Second);
        Assert.Equal(("22", 1), (watch.Root["A"], _changes));
    }

    [Fact]
    public async Task Link_that_leads_elsewhere_is_a_change()
    {
        await File.WriteAllTextAsync(FilePath + ".1", """{ "A": "1" }""");
        await File.WriteAllTextAsync(FilePath + ".2", """{ "A": "of two" }""");
        File.CreateSymbolicLink(FilePath, FilePath + ".1");
        using var watch = await StartAsync();
        File.Delete(FilePath);
        File.CreateSymbolicLink(FilePath, FilePath + ".2");
        _time.Advance(Second);

        Assert.Equal(("of two", 1), (watch.Root["A"], _changes));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<ConfigurationWatch> StartAsync(string? text = null)
    {
        if (text is not null)
            await File.WriteAllTextAsync(FilePath, text);
        var root = new ConfigurationBuilder().AddJsonFile(FilePath, optional: false).Build();
        var watch = new ConfigurationWatch(FilePath, root, _time, NullLogger<ConfigurationWatch>.Instance);
        Microsoft.Extensions.Primitives.ChangeToken.OnChange(root.GetReloadToken, () => _changes++);
        await watch.StartAsync(CancellationToken.None);
        return watch;
    }
}
