using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace EndToEnd.Tests.Peers;

/// <summary>A child process of a test: its output kept, its time limited, ended by its own id.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private const int MaxOutputCharacters = 200_000;

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private PeerProcess(Process process) => _process = process;

    public bool HasExited => _process.HasExited;

    public string Output { get { lock (_output) return _output.ToString(); } }

    /// <summary>Whether a program is on the path.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <param name="program">What to run.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="isAtHome">Whether it sees the user's own home, with settings and caches, instead of the folder.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    public static PeerProcess Start(string program, string folder, IEnumerable<string> arguments, bool isAtHome = false, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (!isAtHome)
            start.Environment["HOME"] = folder;
        start.Environment["TERM"] = "dumb";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;
        var peer = new PeerProcess(new Process { StartInfo = start });
        peer._process.OutputDataReceived += (_, line) => peer.Append(line.Data);
        peer._process.ErrorDataReceived += (_, line) => peer.Append(line.Data);
        peer._process.Start();
        peer._process.StandardInput.Close();
        peer._process.BeginOutputReadLine();
        peer._process.BeginErrorReadLine();
        return peer;
    }

    /// <summary>The exit code; a process that is still there when the time is up, or that is to stop before, is killed, which gives null.</summary>
    public async Task<int?> WaitForExitAsync(TimeSpan timeout, CancellationToken stop = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            return null;
        }
    }

    /// <summary>Asks it to end, for a peer that has children to end; kills it when it does not.</summary>
    public async Task TerminateAsync(TimeSpan timeout)
    {
        if (_process.HasExited)
            return;
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
            await kill.WaitForExitAsync();
        await WaitForExitAsync(timeout);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    /// <summary>Ends it at once, by SIGKILL.</summary>
    public async Task KillAsync()
    {
        try
        {
            if (_process.HasExited)
                return;
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It went by itself in between.
        }
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            if (line is not null && _output.Length < MaxOutputCharacters)
                _output.AppendLine(line);
        }
    }
}
