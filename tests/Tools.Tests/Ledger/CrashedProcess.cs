using System.Diagnostics;
using System.Globalization;
using Storage;

namespace Tools.Tests.Ledger;

/// <summary>Starts the program that runs tools with effects, and kills it.</summary>
internal sealed class CrashedProcess(DatabaseOptions options, string folder, Random random)
{
    private const int Calls = 24;
    private const int MaxMoment = 200;   // ms

    /// <summary>Processes that were killed.</summary>
    public int Kills { get; private set; }

    /// <summary>Runs that were cut: their intent was in the ledger, their result was not.</summary>
    public int Cuts { get; private set; }

    public string Summary => string.Create(CultureInfo.InvariantCulture, $"{Kills} kills cut {Cuts} runs");

    /// <summary>A later start has found cut runs.</summary>
    public void Found(int cuts) => Cuts += cuts;

    /// <summary>One life and its end: mostly in the middle of work, every eighth during the start.</summary>
    public async Task KillAsync(CancellationToken cancellation)
    {
        using var process = Start();
        if (random.Next(8) > 0)
            await UntilAtWorkAsync(process, cancellation);
        await Task.Delay(random.Next(MaxMoment), cancellation);
        Assert.False(process.HasExited, "It ended by itself.");
        process.Kill();   // SIGKILL
        await process.WaitForExitAsync(cancellation);
        // A start whose word was not waited for may have found some too.
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
            Heard(line);
        Kills++;
    }

    private async Task UntilAtWorkAsync(Process process, CancellationToken cancellation)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line && line != "working")
            Heard(line);
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "ToolCrash.dll"), $"{options.Provider}", options.ConnectionString, folder, $"{Kills}", $"{Calls}"])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private void Heard(string line)
    {
        if (line.StartsWith("ready ", StringComparison.Ordinal))
            Found(int.Parse(line["ready ".Length..], CultureInfo.InvariantCulture));
    }
}
