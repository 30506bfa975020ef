using System.CommandLine;
using System.Text;
using VoiceAgent.Hosting;
using VoiceAgent.WebConsole;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent console hash</c> makes the hash of a user's password, <c>voiceagent console token</c> gives a link into the running service's console.</summary>
internal static class ConsoleCommand
{
    private const int MinPasswordCharacters = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create() => new("console", "Who may use the console in the browser.") { Hash(), Token() };

    private static Command Hash()
    {
        var command = new Command("hash", "Read a password from standard input and print what Console:Users:NAME:PasswordHash takes.");
        command.SetAction(async (parsed, cancellation) =>
        {
            var password = Console.IsInputRedirected ? await Console.In.ReadLineAsync(cancellation) ?? "" : ReadUnseen();
            if (password.Length is < MinPasswordCharacters or > PasswordHash.MaxPasswordCharacters)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"Use {MinPasswordCharacters} to {PasswordHash.MaxPasswordCharacters} characters.");
                return 1;
            }
            await parsed.InvocationConfiguration.Output.WriteLineAsync(PasswordHash.Of(password));
            return 0;
        });
        return command;
    }

    private static string ReadUnseen()
    {
        Console.Error.Write("Password: ");
        var typed = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }

    private static Command Token()
    {
        var file = new Option<string?>("--config") { Description = "Configuration file of the service; its Http section says where and with which key to ask." };
        var command = new Command("token", "Print the link that opens the console of the running service once, where no users are configured; needs Http:ApiKey.") { file };
        command.SetAction((parsed, cancellation) => TokenAsync(RunningService.ReadOptions(parsed.GetValue(file)), parsed.InvocationConfiguration.Output, cancellation));
        return command;
    }

    private static async Task<int> TokenAsync(HttpOptions options, TextWriter output, CancellationToken cancellation)
    {
        using var http = RunningService.Connect(options, Patience);
        try
        {
            using var answer = await http.PostAsync(new Uri("/console/token", UriKind.Relative), null, cancellation);
            if (answer.IsSuccessStatusCode)
                await output.WriteLineAsync(ConsoleSetup.Link(http.BaseAddress!.ToString(), (await answer.Content.ReadAsStringAsync(cancellation)).Trim()));
            else
                await output.WriteLineAsync("The service gives no link: it has users (sign in as one of them), no console, or another Http:ApiKey than this configuration.");
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception refused) when (refused is HttpRequestException or TaskCanceledException)
        {
            await output.WriteLineAsync($"The service does not answer at {http.BaseAddress}: {refused.Message}");
            return 2;
        }
    }
}
