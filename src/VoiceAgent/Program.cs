using System.CommandLine;
using VoiceAgent.Commands;

// Table of contents: one command a line; `voiceagent` alone is `voiceagent run`.
var root = new RootCommand("Answers phone calls with Gemini Live.")
{
    RunCommand.Create(),
    DemoCommand.Create(),
    SimulateCommand.Create(),
    CallCommand.Create(),
    GraphCommand.Create(),
};
RunCommand.AddTo(root);
return await root.Parse(args).InvokeAsync();
