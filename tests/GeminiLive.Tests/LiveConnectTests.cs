namespace GeminiLive.Tests;

public sealed class LiveConnectTests
{
    [Theory]
    [InlineData(401, nameof(LiveFailureKind.Refused))]
    [InlineData(404, nameof(LiveFailureKind.Refused))]
    [InlineData(429, nameof(LiveFailureKind.QuotaSpent))]
    [InlineData(503, nameof(LiveFailureKind.Unavailable))]
    [InlineData(null, nameof(LiveFailureKind.Unreachable))]
    public async Task Failed_upgrade_is_a_value(int? status, string expected)
    {
        var rig = new LiveRig();
        await using var end = rig;
        rig.Default = () => LiveRig.Refused(status);
        var result = await rig.Client.ConnectAsync(CancellationToken.None);

        Assert.Equal(expected, result.Failure!.Kind.ToString());
        Assert.Equal(LiveSessionState.Failed, rig.Client.State);
        Assert.Equal(result.Failure.IsTransient ? 2 : 1, rig.Attempts);
        Assert.Empty(rig.Story);
    }

    [Theory]
    [InlineData(1007, "Invalid JSON payload received. Unknown name \"turnDetection\" at 'setup': Cannot find field.", nameof(LiveFailureKind.Refused))]
    [InlineData(1008, "models/no-such-model is not found for API version v1beta, or is not supported for bidiGener", nameof(LiveFailureKind.Refused))]
    [InlineData(1008, "Requested entity was not found.", nameof(LiveFailureKind.HandleRefused))]
    [InlineData(1008, "The operation was aborted", nameof(LiveFailureKind.Unavailable))]
    [InlineData(1008, "Operation is not implemented, or supported, or enabled", nameof(LiveFailureKind.Unavailable))]
    [InlineData(1008, "Your project has been denied access", nameof(LiveFailureKind.Refused))]
    [InlineData(1011, "The service is currently unavailable", nameof(LiveFailureKind.Unavailable))]
    [InlineData(1011, "You exceeded your current quota", nameof(LiveFailureKind.QuotaSpent))]
    [InlineData(1013, "try again later", nameof(LiveFailureKind.Unavailable))]
    [InlineData(null, "", nameof(LiveFailureKind.Unavailable))]
    public async Task Close_instead_of_setup_complete_is_read_by_code_and_words(int? code, string reason, string expected)
    {
        var rig = new LiveRig();
        await using var end = rig;
        rig.Default = () => rig.Take(LiveRig.Closing(rig.Pulse, code, reason));
        var result = await rig.Client.ConnectAsync(CancellationToken.None);

        Assert.Equal(new LiveFailure(Enum.Parse<LiveFailureKind>(expected), code, reason), result.Failure);
    }

    [Fact]
    public async Task First_connection_has_a_second_attempt_at_once_when_the_fault_may_have_passed()
    {
        await using var rig = new LiveRig();
        rig.Plans(LiveRig.Closing(rig.Pulse, 1011, "Internal error encountered."));
        await rig.Connect();

        Assert.Equal(2, rig.Attempts);
        Assert.True(rig.Sockets[0].IsDisposed);
        Assert.False(rig.Socket.Setup.GetProperty("sessionResumption").TryGetProperty("handle", out _));
    }

    [Theory]
    [InlineData("Request contains an invalid argument.", 2)]
    [InlineData("Invalid JSON payload received. Unknown name \"turnDetection\" at 'setup': Cannot find field.", 1)]
    public async Task Refusal_that_blames_nothing_is_doubted_once(string reason, int attempts)
    {
        var rig = new LiveRig();
        await using var end = rig;
        rig.Default = () => rig.Take(LiveRig.Closing(rig.Pulse, 1007, reason));
        var result = await rig.Client.ConnectAsync(CancellationToken.None);

        Assert.Equal(LiveFailureKind.Refused, result.Failure!.Kind);
        Assert.Equal(attempts, rig.Attempts);
    }

    [Fact]
    public async Task Setup_that_is_never_answered_times_out()
    {
        var rig = new LiveRig();
        await using var end = rig;
        rig.Plans(new ScriptedSocket(rig.Pulse) { AnswersSetup = false });
        var connecting = rig.Client.ConnectAsync(CancellationToken.None);
        await rig.Until(() => rig.Sockets.Count == 1 && rig.Socket.Sent.Count == 1);
        rig.Clock.Advance(rig.Options.SetupTimeout);

        Assert.Equal(LiveFailureKind.SetupTimedOut, (await connecting).Failure!.Kind);
    }

    [Fact]
    public async Task Caller_who_hangs_up_during_the_setup_ends_it()
    {
        var rig = new LiveRig();
        await using var end = rig;
        rig.Plans(new ScriptedSocket(rig.Pulse) { AnswersSetup = false });
        using var gone = new CancellationTokenSource();
        var connecting = rig.Client.ConnectAsync(gone.Token);
        await rig.Until(() => rig.Sockets.Count == 1 && rig.Socket.Sent.Count == 1);
        await gone.CancelAsync();

        Assert.Equal(LiveFailureKind.Cancelled, (await connecting).Failure!.Kind);
    }

    [Fact]
    public async Task Bug_on_the_way_to_the_connection_is_a_failure_and_leaves_nobody_waiting()
    {
        var rig = new LiveRig();
        await using var end = rig;
        rig.Plans(() => throw new FormatException("a bug in the connector"));
        var result = await rig.Client.ConnectAsync(CancellationToken.None);

        Assert.Equal(LiveFailureKind.Fault, result.Failure!.Kind);
        Assert.Equal(LiveSessionState.Failed, rig.Client.State);
    }

    [Fact]
    public async Task Message_beyond_the_limit_ends_the_connection()
    {
        var rig = new LiveRig(new LiveOptions { MaxMessageBytes = 1 << 20 });
        await using var end = rig;
        var first = await rig.Connect();
        first.Says(new string(' ', 3 << 20));
        await rig.UntilTold<Resumed>();

        Assert.True(first.IsAborted);
    }
}
