using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Simulation.Live;
using Simulation.Phone;
using Storage;
using Support;
using Support.Databases;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace EndToEnd.Tests;

/// <summary>What the whole service keeps of calls over real sockets: true, without what is private, and there after a kill.</summary>
public sealed class RecordsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Goals A34.</summary>
    [Fact]
    public async Task What_the_database_keeps_is_what_the_caller_counted()
    {
        await using var agent = await AgentUnderTest.StartAsync();
        await using var caller = await ConversationTests.Dial(agent);
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromSeconds(1), Soon));
        caller.Say(Tone.Sine(16_000, 300, 16_000, 6_000), 16_000);
        Assert.True(await caller.WaitUntilSaidAsync(Soon));
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        await caller.HangUpAsync();
        var told = Assert.Single(await agent.WaitForRecordsAsync(1));

        var stored = await StoredAsync(agent, told.CallId);
        Assert.Equal(RecordFile.ToJson(told), RecordFile.ToJson(stored.Record!));
        var media = told.Media!;
        Assert.Equal("PCMU", media.Codec);
        Assert.InRange(media.Mos!.Value, 1, 4.5);   // a busy machine makes a bad line
        // The last packet may come when the call is over already.
        Assert.InRange(media.PacketsReceived, caller.Statistics.Sent - 1, caller.Statistics.Sent);
        Assert.InRange(caller.Statistics.Packets, media.PacketsSent - 1, media.PacketsSent);
        Assert.InRange(Assert.Single(told.Responses).LatencyMs, 50, 5_000);
        Assert.Equal([CallState.Connecting, CallState.Answering, CallState.Greeting], told.States.Take(3).Select(state => state.State));
    }

    /// <summary>Goals A33: a card, a number, a name and a key, spoken, pressed, in headers and in tools.</summary>
    [Fact]
    public async Task Private_data_stand_in_no_log_record_metric_or_file()
    {
        string[] canaries = ["4111 1111 1111 1111", "4111111111111111", "1715550199", "Canaria Vogel", "canary-key-7f3a"];
        using var log = new LogCollector();
        using var folder = new TestFolder();
        await using var agent = await AgentUnderTest.StartWithLogAsync(
            log, new SimulatedLiveOptions { AutoAnswer = false },
            ("Database:ConnectionString", $"Data Source={folder.File("kept.db")}"), ("Logging:LogLevel:Default", "Debug"), ("Live:SignTimeout", "00:00:30"),
            ("Records:MaskDigits", "true"), ("Records:MaskNumbers", "true"), ("Agents:Profiles:reception:Tools:0", "remember_note"),
            ("Tools:Redaction:Patterns:0", @"\b[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{3,4}\b"), ("Tools:Redaction:Patterns:1", @"Canaria\W+\w+"), ("Tools:Redaction:Patterns:2", @"canary-key-\w+"));
        await using (var caller = await SimulatedCaller.CallAsync(new CallerOptions
        {
            TargetUri = agent.SipUri, CallerNumber = "+491715550199", DisplayName = "Canaria Vogel", ExtraHeaders = [new("X-Api-Key", "canary-key-7f3a")],
        }))
        {
            var session = await agent.Live.WaitForSessionAsync(1, Soon);
            await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
            await session.SendTranscriptAsync("This is Canaria Vogel, my card is 4111 1111 1111 1111.");
            await session.CallToolAsync("remember_note", """{ "text": "Canaria Vogel, 4111111111111111, canary-key-7f3a" }""");
            await session.WaitForAsync(SessionEventKind.ToolResponseReceived, Soon);
            await session.SayAsync(Tone.Sine(24_000, 500, 12_000, 6_000), "Thank you, Canaria Vogel.");
            Assert.True(caller.PressDigits("4111111111111111#"));
            Assert.True(await caller.WaitUntilPressedAsync(Soon));
            await caller.HangUpAsync();
        }
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        var stored = await StoredAsync(agent, record.CallId);
        using var http = new HttpClient { BaseAddress = agent.Http };
        var metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancellation);
        var status = await http.GetStringAsync(new Uri("/status", UriKind.Relative), Cancellation);
        await agent.StopAsync();
        var files = string.Concat(Directory.GetFiles(folder.Path).Select(file => Encoding.UTF8.GetString(File.ReadAllBytes(file))));

        // What was looked at is there at all.
        Assert.Equal(("xxxxxxxxxxxxxxxxx", "+xxxxxxxxx199"), (stored.Record!.Digits, stored.Record.CallerNumber));
        Assert.Contains(stored.Record.Transcript, turn => turn.Text.StartsWith("This is ***, my card is ***", StringComparison.Ordinal));
        Assert.Contains("This is ***", files, StringComparison.Ordinal);
        Assert.Contains(record.CallId, log.Text, StringComparison.Ordinal);
        Assert.NotEmpty(metrics);
        foreach (var canary in canaries)
        {
            foreach (var (place, text) in new[] { ("log", log.Text), ("record", RecordFile.ToJson(record)), ("stored", stored.Json), ("file", files), ("metrics", metrics), ("status", status) })
                Assert.False(text.Contains(canary, StringComparison.OrdinalIgnoreCase), $"{canary} in {place}: {Around(text, canary)}");
        }
    }

    /// <summary>Goals A7, with the program that people start.</summary>
    [Fact]
    public async Task Calls_of_a_killed_program_are_closed_by_the_next()
    {
        using var folder = new TestFolder();
        var options = new DatabaseOptions { ConnectionString = $"Data Source={folder.File("kept.db")}" };
        using var program = Start(options);
        var errors = program.StandardError.ReadToEndAsync(Cancellation);
        var address = await SigtermTests.ReadAddressAsync(program);
        _ = program.StandardOutput.ReadToEndAsync(Cancellation);
        await using var first = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = address });
        await using var second = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = address });
        Assert.True(first.WasAnswered && second.WasAnswered, await NotAnsweredAsync());
        await using var database = new Database(options, TimeProvider.System);
        var archive = new CallArchive(database);
        await UntilAsync(async () => (await archive.FindAsync(new CallQuery { IsRunning = true }, Cancellation)).Count(call => call.AnsweredMs is not null) == 2);
        program.Kill();   // SIGKILL
        await program.WaitForExitAsync(Cancellation);

        await using (var writer = new RecordWriter(database, options.InstanceName, new RecordOptions(), TimeProvider.System, new LogLines<RecordWriter>()))
            await writer.StartAsync(Cancellation);
        await foreach (var call in archive.ReadAsync(new CallQuery(), Cancellation))
        {
            Assert.Equal(EndReason.ServiceKilled, call.Record!.EndReason);
            Assert.True(call.Record.AnsweredAfterMs > 0 && call.Record.DurationMs >= call.Record.AnsweredAfterMs && call.Record.Timeline.Count > 3);
            Assert.StartsWith("The service was killed", CallExplanation.Of(call.Record)[1], StringComparison.Ordinal);
        }

        async Task<string> NotAnsweredAsync() => program.HasExited ? await errors : "not answered";
    }

    /// <summary>Goals A7: a disk that takes nothing never stops audio.</summary>
    [Fact]
    public async Task Call_goes_on_where_nothing_can_be_written_and_the_operator_is_told()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Database:ConnectionString", "Data Source=/dev/null/kept.db"), ("Logging:LogLevel:VoiceAgent.Records", "None"));
        await using var caller = await ConversationTests.Dial(agent);
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromSeconds(1), Soon));
        using var http = new HttpClient { BaseAddress = agent.Http };
        using var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancellation);
        await caller.HangUpAsync();

        Assert.True(ready.IsSuccessStatusCode);
        Assert.Contains("\nrecords ", await ready.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.CallerHungUp, record.EndReason);
        Assert.InRange(caller.Statistics.Packets, record.Media!.PacketsSent - 1, record.Media.PacketsSent);
        Assert.Equal(1, agent.Services.GetRequiredService<RecordWriter>().Health.Waiting);
    }

    private static Process Start(DatabaseOptions database)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "voiceagent.dll"), "run"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment =
            {
                ["Telephony__Listen__0"] = "udp://127.0.0.1:0",
                ["Telephony__Listen__1"] = "tcp://127.0.0.1:0",
                ["Http__Listen"] = "http://127.0.0.1:0",
                ["Database__ConnectionString"] = database.ConnectionString,
            },
        };
        start.Environment.Remove("GEMINI_API_KEY");
        start.Environment.Remove("GOOGLE_API_KEY");
        return Process.Start(start)!;
    }

    // Written a quarter of a second after the observers were told.
    private static async Task<StoredCall> StoredAsync(AgentUnderTest agent, string callId)
    {
        var archive = agent.Services.GetRequiredService<CallArchive>();
        await UntilAsync(async () => await archive.GetAsync(callId, Cancellation) is { Summary.EndReason: not null });
        return (await archive.GetAsync(callId, Cancellation))!;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Soon);
        while (!await isSo())
        {
            Assert.False(limit.IsCancellationRequested, "It did not come to that.");
            await Task.Delay(50, Cancellation);
        }
    }

    private static string Around(string text, string canary)
    {
        var at = text.IndexOf(canary, StringComparison.OrdinalIgnoreCase);
        return text.Substring(Math.Max(0, at - 100), Math.Min(200 + canary.Length, text.Length - Math.Max(0, at - 100)));
    }

    /// <summary>Everything that the service logs, as text.</summary>
    private sealed class LogCollector : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string Text => string.Join('\n', _lines);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
