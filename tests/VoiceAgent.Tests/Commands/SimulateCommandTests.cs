using VoiceAgent.Commands;

namespace VoiceAgent.Tests.Commands;

public sealed class SimulateCommandTests
{
    [Fact]
    public async Task The_server_listens_where_it_is_told_to_until_it_is_stopped()
    {
        using var stop = new CancellationTokenSource();
        var running = SimulateCommand.Create().Parse(["--listen", "ws://127.0.0.1:0"]).InvokeAsync(cancellationToken: stop.Token);
        await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(500)));
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    [Theory]
    [InlineData("9090")]
    [InlineData("http://127.0.0.1:9090")]
    [InlineData("ws://192.0.2.1:9090")]   // not this machine's
    public async Task A_wrong_address_is_refused(string address) =>
        Assert.Equal(RunCommand.BadConfiguration, await SimulateCommand.Create().Parse(["--listen", address]).InvokeAsync());
}
