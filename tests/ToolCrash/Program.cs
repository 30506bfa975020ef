using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Storage;
using Tools.Invocation;
using Tools.Ledger;
using ToolCrash;

// Runs tools with effects until somebody kills it: ToolCrash PROVIDER CONNECTION FOLDER SEED CALLS
// Writes "ready OPEN" once the ledger is: OPEN runs of earlier processes have just become unknown; and "working" at the first effect.
var provider = Enum.Parse<DatabaseProvider>(args[0]);
var folder = args[2];
var seed = int.Parse(args[3], CultureInfo.InvariantCulture);
var calls = int.Parse(args[4], CultureInfo.InvariantCulture);

await using var database = new Database(new DatabaseOptions { Provider = provider, ConnectionString = args[1] }, TimeProvider.System);
await using var ledger = new DatabaseLedger(database, "crash", TimeProvider.System, NullLogger<DatabaseLedger>.Instance);
var open = await ledger.StartAsync(CancellationToken.None);
Console.WriteLine($"ready {open}");

using var world = new World(folder);
var services = new ToolServices(ledger, new Redaction(new RedactionOptions()), new ToolGates(), TimeProvider.System, NullLogger<CallTools>.Instance);
await Task.WhenAll(Enumerable.Range(0, calls).Select(TalkAsync));

async Task TalkAsync(int call)
{
    await using var busy = new BusyCall(world, services, $"run{seed}-{call}", new Random(seed * 1000 + call));
    await busy.RunAsync();
}
