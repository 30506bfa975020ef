namespace EndToEnd.Tests;

/// <summary><c>voiceagent demo</c> as people start it; it takes as long as its conversation, so that it has a class of its own and runs beside others.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Demo_plays_a_whole_call_and_leaves_a_recording_and_a_record()
    {
        var folder = Directory.CreateTempSubdirectory("voiceagent-demo");
        try
        {
            var (exitCode, output, elapsed) = await ProgramRun.RunAsync("demo", "--out", folder.FullName);
            Assert.True(exitCode == 0, output);
            Assert.InRange(elapsed.TotalSeconds, 15, 90);
            Assert.DoesNotContain("FAILED", output, StringComparison.Ordinal);
            Assert.InRange(new FileInfo(Path.Combine(folder.FullName, "caller-and-agent.wav")).Length, 100_000, 3_000_000);
            Assert.Contains("\"endReason\": \"CallerHungUp\"", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "call.json")), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
