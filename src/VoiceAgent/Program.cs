using System.CommandLine;
using VoiceAgent.Commands;
using VoiceAgent.Hosting.Configuration;

// SIGHUP has a service read its configuration anew: one that has not got so far yet must not end by it.
using var early = RunCommand.IsMeant(args) ? new ReloadSignal() : null;

// Table of contents: one command a line; `voiceagent` alone is `voiceagent run`.
var root = new RootCommand("Answers phone calls with Gemini Live.")
{
    RunCommand.Create(),
    DemoCommand.Create(),
    SimulateCommand.Create(),
    CallCommand.Create(),
    DialCommand.Create(),
    CheckCommand.Create(),
    ConfigCommand.Create(),
    HealthCommand.Create(),
    DrainCommand.Create(),
    ClusterCommand.Create(),
    RouteCommand.Create(),
    TokenCommand.Create(),
    ToolsCommand.Create(),
    CallsCommand.Create(),
    RecordingsCommand.Create(),
    ConsoleCommand.Create(),
    GraphCommand.Create(),
    TelemetryCommand.Create(),
};
RunCommand.AddTo(root);
// SIGTERM and Ctrl+C cancel the command, which then ends in its own time: a running call has Calls:DrainGrace, not the library's two seconds.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = Timeout.InfiniteTimeSpan });
