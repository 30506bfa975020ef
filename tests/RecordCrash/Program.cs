using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RecordCrash;
using Storage;
using VoiceAgent.Records;

// Has ten calls recorded until somebody kills it: RecordCrash PROVIDER CONNECTION WORLD RUN
// Writes "working" when the writer is at work; WORLD is a file of lines, apart from the database: what was told to the writer, and when.
var options = new DatabaseOptions { Provider = Enum.Parse<DatabaseProvider>(args[0]), ConnectionString = args[1] };
var run = int.Parse(args[3], CultureInfo.InvariantCulture);
await using var database = new Database(options, TimeProvider.System);
await using var writer = new RecordWriter(database, "crash", new RecordOptions(), TimeProvider.System, NullLogger<RecordWriter>.Instance);
await writer.StartAsync(CancellationToken.None);
using var world = new World(args[2]);
await new TalkingCalls(writer, world, $"{run}-first", new Random(run)).TalkAsync(turns: 2);   // calls come to a service that has started
while (writer.Health is not { Waiting: 0, Problem: null })
    await Task.Delay(20);
Console.WriteLine("working");
await Task.WhenAll([world.BeatAsync(), .. Enumerable.Range(0, 10).Select(call => new TalkingCalls(writer, world, $"{run}-{call}", new Random(run * 100 + call)).RunAsync())]);
