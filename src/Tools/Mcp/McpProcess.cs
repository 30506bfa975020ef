using System.ComponentModel;
using System.Diagnostics;
using ModelContextProtocol.Client;

namespace Tools.Mcp;

/// <summary>The program of a server that is spoken to on its standard input and output; it ends with its connection.</summary>
/// <remarks>It sees its own settings and the usual PATH and HOME, not the service's environment, which holds keys.</remarks>
internal sealed class McpProcess : IAsyncDisposable
{
    // A server that is told to go (its input is closed) has this long for it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly Task _errors;

    private McpProcess(Process process, McpErrorLines errors, TimeProvider time)
    {
        (_process, _time) = (process, time);
        Exited = process.WaitForExitAsync();
        _errors = errors.ReadAsync(process.StandardError);
    }

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    /// <summary>Ends with the program.</summary>
    public Task Exited { get; }

    /// <summary>How it ended; null as long as it runs.</summary>
    public int? ExitCode => Exited.IsCompletedSuccessfully ? _process.ExitCode : null;

    /// <summary>What the server reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What it writes, its messages bounded.</summary>
    public Stream Output => new LimitedStream(_process.StandardOutput.BaseStream, LimitedStream.Ending.Line);

    /// <summary>Starts a program.</summary>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static McpProcess Start(McpServerAddress address, McpErrorLines errors, TimeProvider time)
    {
        var start = new ProcessStartInfo(address.Command, address.Arguments())
        {
            WorkingDirectory = address.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in StdioClientTransportOptions.GetDefaultEnvironmentVariables())
            start.Environment[name] = value;
        foreach (var (name, value) in address.Environment())
            start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        process.Start();
        return new McpProcess(process, errors, time);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await Exited.WaitAsync(Grace, _time);
        }
        catch (Exception stubborn) when (stubborn is TimeoutException or IOException)
        {
            Kill();
            await Exited;
        }
        // A child of its own may have outlived it and hold the stream open.
        await Task.WhenAny(_errors, Task.Delay(Grace, _time));
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It went by itself in between.
        }
    }
}
