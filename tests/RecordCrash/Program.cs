using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RecordCrash;
using Storage;
using VoiceAgent.Recordings;
using VoiceAgent.Records;

// Has ten calls kept until somebody kills it: RecordCrash PROVIDER CONNECTION WORLD RUN [FOLDER KEY]; with a folder and a master key also their sound.
// Writes "working" when it is at work; WORLD is a file of lines, apart from what is kept: what was told, and when.
// Ends by itself with its standard input: nobody is there to kill it any more.
new Thread(() =>
{
    Console.In.ReadToEnd();
    Environment.Exit(1);
}) { IsBackground = true }.Start();
var options = new DatabaseOptions { Provider = Enum.Parse<DatabaseProvider>(args[0]), ConnectionString = args[1] };
var run = int.Parse(args[3], CultureInfo.InvariantCulture);
var sound = args.Length > 4 ? new RecordingOptions { Folder = args[4], Key = args[5], MinFreeMb = 0 } : null;
await using var database = new Database(options, TimeProvider.System);
await using var recorder = sound is null ? null : new Recorder(sound, new RecordingKeys(sound), TimeSpan.FromDays(30), TimeProvider.System, NullLogger<Recorder>.Instance);
await using var writer = new RecordWriter(database, "crash", new RecordOptions(), TimeProvider.System, NullLogger<RecordWriter>.Instance);
await writer.StartAsync(CancellationToken.None);
if (recorder is not null)
    await recorder.StartAsync(CancellationToken.None);
using var world = new World(args[2]);
await new TalkingCalls(writer, recorder, world, $"{run}-first", new Random(run)).TalkAsync(turns: 2);   // calls come to a service that has started
while (writer.Health is not { Waiting: 0, Problem: null } || recorder?.WaitingBytes > 0)
    await Task.Delay(20);
Console.WriteLine("working");
await Task.WhenAll([world.BeatAsync(), .. Enumerable.Range(0, 10).Select(call => new TalkingCalls(writer, recorder, world, $"{run}-{call}", new Random(run * 100 + call)).RunAsync())]);
