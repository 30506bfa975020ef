using System.CommandLine;
using Simulation.Phone;
using Telephony.Audio;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent call sip:...</c>: a test call from the command line against anything that answers SIP.</summary>
internal static class CallCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("target") { Description = "Whom to call: sip:user@host:port, with ;transport=tcp for TCP." };
        var say = new Option<FileInfo?>("--say") { Description = "WAV file (PCM16) to say once the call is answered." };
        var digits = new Option<string>("--dtmf") { Description = "Digits to press afterwards: 0-9, *, #, A-D.", DefaultValueFactory = _ => "" };
        var record = new Option<FileInfo?>("--record") { Description = "Stereo WAV to write: the caller left, the other side right." };
        var seconds = new Option<double>("--seconds") { Description = "How long to stay on the line.", DefaultValueFactory = _ => 10 };
        var command = new Command("call", "Make a test call.") { target, say, digits, record, seconds };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(target), parsed.GetValue(say), parsed.GetValue(digits)!, parsed.GetValue(record), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string target, FileInfo? say, string digits, FileInfo? record, TimeSpan length, CancellationToken cancellation)
    {
        if (!SimulatedCaller.IsDialable(target))
            return await FailAsync($"'{target}' cannot be dialled; use sip:user@host:port");
        WavFile? speech = null;
        if (say is not null && (!say.Exists || !WavFile.TryRead(await File.ReadAllBytesAsync(say.FullName, cancellation), out speech)))
            return await FailAsync($"'{say.FullName}' is not a PCM16 WAV file");

        await using var caller = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = target, OnEvent = Print }, cancellation);
        if (!caller.WasAnswered)
            return 1;
        if (speech is not null)
            caller.Say(speech);
        await caller.WaitUntilSaidAsync(length);
        if (!caller.PressDigits(digits))
            return await FailAsync($"'{digits}' has something that is no key; use 0-9, *, #, A-D");

        var end = await caller.WaitForEndAsync(length - caller.Timeline.Now is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero) ?? await caller.HangUpAsync();
        if (record is not null)
            caller.WriteStereoWav(record.FullName);
        Console.WriteLine(caller.Statistics);
        return end is { By: EndedBy.Caller or EndedBy.Agent } ? 0 : 1;
    }

    private static void Print(CallEvent happened) => Console.WriteLine($"{happened.At.TotalSeconds,8:F3}  {happened.Kind,-15} {happened.Text}");

    private static async Task<int> FailAsync(string problem)
    {
        await Console.Error.WriteLineAsync(problem);
        return RunCommand.BadConfiguration;
    }
}
