using System.CommandLine;
using VoiceAgent.Observability.Catalog;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent telemetry</c>: prints the list of all metrics and spans, so that the page in docs/ is generated and never written.</summary>
internal static class TelemetryCommand
{
    public static Command Create()
    {
        var output = new Option<FileInfo?>("--out") { Description = "File to write; standard output when left out." };
        var command = new Command("telemetry", "Print the list of all metrics and spans.") { output };
        command.SetAction(parsed =>
        {
            var page = TelemetryPage.Write();
            if (parsed.GetValue(output) is { } file)
                File.WriteAllText(file.FullName, page);
            else
                Console.Write(page);
            return 0;
        });
        return command;
    }
}
