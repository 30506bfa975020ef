using System.Diagnostics;
using Support;

namespace EndToEnd.Tests;

/// <summary>One run of the program as people start it, to its end: exit code and all that it printed.</summary>
internal static class ProgramRun
{
    /// <summary>With the environment of this process.</summary>
    public static Task<(int ExitCode, string Output, TimeSpan Elapsed)> RunAsync(params string[] arguments) =>
        RunAsync(new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="arguments">Its command line.</param>
    /// <exception cref="TimeoutException">It ran for a minute and a half.</exception>
    public static async Task<(int ExitCode, string Output, TimeSpan Elapsed)> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet")
            {
                WorkingDirectory = Repository.Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        process.StartInfo.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "voiceagent.dll"));
        foreach (var argument in arguments)
            process.StartInfo.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            process.StartInfo.Environment[name] = value;
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill();
            throw new TimeoutException($"voiceagent {string.Join(' ', arguments)} did not end. It said: {await output}{await errors}", late);
        }
        return (process.ExitCode, await output + await errors, Stopwatch.GetElapsedTime(started));
    }
}
