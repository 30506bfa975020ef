using Simulation.Live;
using Support;

namespace EndToEnd.Tests.Browser;

/// <summary>Windows that nobody looks at: who talks or listens goes on, who only looks on lets go, and a window that is closed ends its call.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class HiddenTabTests(Chromium chromium)
{
    private const string Connected = "document.getElementById('service').textContent === 'ready, 1 call'";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Talking_and_listening_go_on_behind_another_tab_and_end_with_the_window()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, [.. ConsoleVisitor.Users,
            ("Live:SignTimeout", "00:00:30"), ("Live:TurnTimeout", "00:01:00"), ("Calls:Filler", ""), ("Agents:Profiles:reception:Greeting", ""), ("Agents:Profiles:reception:BargeIn", "Server"), ("Agents:Profiles:reception:EchoGate", "false")]);
        await using var talk = await PlainTab.OpenAsync(chromium, agent, "olga", "#/talk");
        await talk.UntilAsync("document.querySelector('#agent option')");
        await talk.EvaluateAsync("document.getElementById('talk-begin').click()");
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await talk.UntilAsync("document.getElementById('talk-status').textContent.startsWith('Listening')");
        var view = (await talk.EvaluateAsync("document.getElementById('talk-record').getAttribute('href')")).GetString()!;
        await using var ear = await PlainTab.OpenAsync(chromium, agent, "anna", view);
        await ear.UntilAsync("document.getElementById('listen')");
        await ear.EvaluateAsync("document.getElementById('listen').click()");
        await ear.UntilAsync("document.getElementById('listen-status').textContent.startsWith('You hear')");

        await talk.HideAsync();
        await ear.HideAsync();
        var before = session.CallerAudio.Length;
        await session.SayAsync(Tone.Sine(24_000, 1_000, 15 * 24_000));   // longer than all that is looked at meanwhile; a page that takes no sound for two seconds loses its call
        await talk.UntilAsync("document.getElementById('meter-agent').value > -40");
        await ear.UntilAsync("document.getElementById('meter-heard-agent').value > -40 && document.getElementById('meter-heard-caller').value > -40");
        await RecordedCall.UntilAsync(() => Task.FromResult(
            session.CallerAudio is var heard && heard.Length > before + 3 * 16_000 && Tone.Amplitude(heard.AsSpan(before, 3 * 16_000), 16_000, Chromium.MicrophoneHz) > 300));
        Assert.Equal(1, agent.RunningCalls);
        Assert.StartsWith("You hear this call", (await ear.EvaluateAsync("document.getElementById('listen-status').textContent")).GetString(), StringComparison.Ordinal);

        // Looked at again they are told each second as before.
        await ear.EvaluateAsync("document.getElementById('service').textContent = 'as it was'");
        await ear.ShowAsync();
        await ear.UntilAsync(Connected);
        await talk.CloseAsync();
        await agent.WaitForRecordsAsync(1);
        await ear.UntilAsync("document.getElementById('listen-status').textContent === 'The call is over.'");
    }
}
