using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Support.Databases;

/// <summary>A real PostgreSQL server of a test run: Debian's binaries, a folder and a loopback port of its own, gone with the run.</summary>
/// <remarks>One per test assembly (<c>AssemblyFixture</c>); it starts with the first database that a test asks for. The server refuses to run as root: then it runs as another user.</remarks>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>Why tests that need it are skipped.</summary>
    public const string Missing = "PostgreSQL is not installed (Debian package postgresql)";

    private const string Superuser = "voiceagent";

    private static readonly string? Binaries = FindBinaries();

    private readonly SemaphoreSlim _starting = new(1, 1);
    private string? _folder;
    private int _port;
    private int _databases;

    /// <summary>Whether there is one on this machine.</summary>
    public static bool IsInstalled => Binaries is not null;

    /// <summary>A connection string for a new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_port == 0)
                await StartAsync();
            var name = $"test{++_databases}";
            await RunAsync("createdb", "-h", "127.0.0.1", "-p", $"{_port}", "-U", Superuser, name);
            return $"Host=127.0.0.1;Port={_port};Username={Superuser};Database={name}";
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Ends the server as a power cut would, for its clients; a new start recovers.</summary>
    public Task StopAsync() => RunAsync("pg_ctl", "stop", "-D", Data, "-m", "immediate", "-w");

    /// <summary>Starts it again at the same port, after <see cref="StopAsync"/>.</summary>
    public Task RestartAsync() => LaunchAsync();

    public async ValueTask DisposeAsync()
    {
        if (_port != 0)
            await StopAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
        _starting.Dispose();
    }

    private string Data => Path.Combine(_folder!, "data");

    private static string? FindBinaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
                .Where(folder => File.Exists(Path.Combine(folder, "initdb"))).OrderDescending(StringComparer.Ordinal).FirstOrDefault()
            : null;

    private async Task StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("peer-postgresql-").FullName;
        Watch();
        if (Environment.IsPrivilegedProcess)
            await RunToEndAsync("chown", [User, _folder]);
        await RunAsync("initdb", "-D", Data, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--no-sync");
        _port = FreePort();
        await LaunchAsync();
    }

    // A test run that is killed ends nothing itself: somebody beside it waits for its end, and then for the server's, by the id in the server's own file.
    private void Watch()
    {
        const string Script = """
            while kill -0 "$1"; do sleep 1; done
            sleep 5   # for a server that was just being started
            [ -f "$2/data/postmaster.pid" ] && kill -QUIT "$(head -n 1 "$2/data/postmaster.pid")"
            rm -rf "$2"
            """;
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = "/" };   // or what kills the run's process group kills it too
        foreach (var argument in (string[])["/bin/sh", "-c", "exec >/dev/null 2>&1 </dev/null; " + Script, "sh", $"{Environment.ProcessId}", _folder!])
            start.ArgumentList.Add(argument);
        Process.Start(start)!.Dispose();
    }

    private Task LaunchAsync() => RunAsync(
        "pg_ctl", "start", "-D", Data, "-w", "-l", Path.Combine(_folder!, "log"),
        "-o", $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories='' -c fsync=off -c max_connections=200");

    private static string User => File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private Task RunAsync(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(Binaries ?? throw new InvalidOperationException(Missing), program), .. arguments];
        if (Environment.IsPrivilegedProcess)
            command = ["setpriv", $"--reuid={User}", "--clear-groups", .. command];
        return RunToEndAsync(command[0], command[1..]);
    }

    // Its output goes nowhere but into the message: a server that inherits a pipe would keep it open.
    private async Task RunToEndAsync(string program, string[] arguments)
    {
        var output = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = _folder ?? "/" };
        foreach (var argument in (string[])["-c", "out=\"$1\"; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "sh", output, program, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        var said = await File.ReadAllTextAsync(output);
        File.Delete(output);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {said}");
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
