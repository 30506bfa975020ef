using System.Text;
using Simulation.Live;
using Support;

namespace GeminiLive.Tests;

/// <summary>The example of docs/live-api.md, as it stands there, against the simulated server.</summary>
public sealed class LibraryExampleTests
{
    [Fact]
    public async Task Example_holds_a_conversation()
    {
        await using var server = await SimulatedLive.StartAsync(new SimulatedLiveOptions { ApiKey = "k" }, TimeProvider.System);
        var (speaker, transcript) = (new List<short>(), new StringBuilder());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await RunAsync("k", server.Endpoint.AbsoluteUri, new short[1_600], speaker, transcript, limit.Token);

        Assert.True(speaker.Count > 24_000);
        Assert.NotEqual(0, transcript.Length);
    }

    [Fact]
    public void Example_is_the_one_of_the_document()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "live-api.md"));
        var start = document.IndexOf("```csharp\n", StringComparison.Ordinal) + 10;
        var example = document[start..document.IndexOf("```", start, StringComparison.Ordinal)];
        Assert.Contains(Lines(example), Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "GeminiLive.Tests", "LibraryExampleTests.cs"))), StringComparison.Ordinal);
    }

    private static async Task RunAsync(
        string apiKey, string endpoint, short[] microphone, List<short> speaker, StringBuilder transcript, CancellationToken cancellationToken)
    {
        var factory = new LiveClientFactory(new LiveOptions { ApiKey = apiKey, Endpoint = endpoint });
        var config = factory.Configure() with
        {
            SystemInstruction = "You answer the phone for a bicycle shop. Keep answers short.",
            Greeting = "(The caller is on the line. Greet them.)",
            Functions = [new LiveFunction("find_repair", "Finds the caller's repair.", Parameters: null, LiveBehavior.Blocking)],
        };

        var events = new LiveEventStream();
        await using var client = factory.Create(config, events);
        var result = await client.ConnectAsync(cancellationToken);
        if (result.Failure is { } failure)
            throw new InvalidOperationException($"No session: {failure.Kind} {failure.Detail}");

        client.StartGreeting();
        client.Uplink.Write(microphone);   // mono PCM16 at 16 kHz, all the time, silence too
        await foreach (var what in events.WithCancellation(cancellationToken))
        {
            switch (what)
            {
                case ModelAudio audio:   // faster than real time: play it at its own rate
                    speaker.AddRange(audio.Pcm);
                    break;
                case Interrupted:        // the caller cut in: what has not been played is void
                    speaker.Clear();
                    break;
                case OutputTranscript words:
                    transcript.Append(words.Text);
                    break;
                case ToolCallsRequested request:
                    client.Input.Respond([.. request.Calls.Select(call => LiveToolResponse.Output(call, "ready since Monday"))]);
                    break;
                case AnswerSettled:      // here the conversation is over after one answer; the stream ends
                    await client.CloseAsync();
                    break;
            }
        }
    }

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}
