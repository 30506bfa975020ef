using Telephony.Trunks;

namespace Telephony.Tests.Sip.Registration;

/// <summary>Trunks that change while the service runs (goal A35): what is gone is left, what is new is begun with, and what stays is not touched.</summary>
public sealed class ReplacedTrunksTests
{
    private const string Server = "203.0.113.10:5070";
    private const string Other = "203.0.113.20:5070";

    [Fact]
    public void Trunk_that_is_gone_is_left_and_one_that_is_new_registered()
    {
        var bench = new TrunkBench(Server, (_, _) => "200");
        bench.Advance(1);
        bench.Replace(new() { ["second"] = TrunkBench.Registering(Other) });
        bench.Advance(1);

        Assert.Equal([$"0.0 {Server} 600", $"1.0 {Server} 0", $"1.0 {Other} 600"], bench.Registers);
        Assert.Equal(("second", TrunkState.Up), (Assert.Single(bench.Agent.TrunkStatuses).Name, bench.Status.State));
    }

    [Fact]
    public void Changed_trunk_is_left_before_it_is_registered_anew_because_its_server_knows_one_contact_of_us()
    {
        string? answer = "200";
        var bench = new TrunkBench(Server, (_, _) => answer);
        bench.Advance(1);
        answer = null;
        bench.Replace(new() { ["provider"] = Changed(TrunkBench.Registering(Server), "new-secret") });
        Assert.Equal([$"0.0 {Server} 600", $"1.0 {Server} 0"], bench.Registers);

        bench.Advance(1.9);
        answer = "200";
        bench.Advance(1);
        Assert.EndsWith($"{Server} 600", bench.Registers[^1], StringComparison.Ordinal);
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    [Fact]
    public void Change_that_is_no_business_of_the_server_leaves_the_registration_alone()
    {
        var bench = new TrunkBench(Server, (_, _) => "200");
        bench.Advance(1);
        var status = bench.Status;
        bench.Replace(new() { ["provider"] = WithAgent("sales") });
        bench.Replace(new() { ["provider"] = WithAgent("support") });
        bench.Advance(1);

        Assert.Single(bench.Registers);
        Assert.Equal(status, bench.Status);
        var trunk = bench.Directory.Named("provider")!;
        Assert.Equal("support", trunk.Options.Agent);
        Assert.NotNull(bench.Agent.RegisteredFlow(trunk));
        Assert.Same(trunk, bench.Directory.Of(System.Net.IPAddress.Parse("203.0.113.10")));   // found by its server's address
    }

    [Fact]
    public void Second_change_waits_for_the_first_ones_leaving_too_and_what_it_overtook_is_never_begun()
    {
        string? answer = "200";
        var bench = new TrunkBench(Server, (_, _) => answer);
        bench.Advance(1);
        answer = null;
        bench.Replace(new() { ["provider"] = Changed(TrunkBench.Registering(Server), "second") });
        bench.Advance(1);
        bench.Replace(new() { ["provider"] = Changed(TrunkBench.Registering(Other), "third") });
        bench.Advance(0.9);
        Assert.All(bench.Registers.Skip(1), register => Assert.EndsWith($"{Server} 0", register, StringComparison.Ordinal));

        answer = "200";
        bench.Advance(1);
        Assert.EndsWith($"{Other} 600", bench.Registers[^1], StringComparison.Ordinal);
        Assert.Single(bench.Registers, register => register.Contains(Other, StringComparison.Ordinal));
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    [Fact]
    public async Task Stop_in_the_middle_of_a_change_registers_nothing_any_more()
    {
        string? answer = "200";
        var bench = new TrunkBench(Server, (_, _) => answer);
        bench.Advance(1);
        answer = null;
        bench.Replace(new() { ["provider"] = Changed(TrunkBench.Registering(Server), "new-secret") });
        var leaving = bench.Agent.LeaveTrunksAsync();
        bench.Advance(5);

        await leaving.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.All(bench.Registers.Skip(1), register => Assert.EndsWith($"{Server} 0", register, StringComparison.Ordinal));
    }

    private static TrunkOptions Changed(TrunkOptions options, string password) =>
        new() { Server = options.Server, Register = true, Username = options.Username, Password = password, OptionsInterval = options.OptionsInterval };

    private static TrunkOptions WithAgent(string agent) =>
        new() { Server = Server, Register = true, Username = "me", Password = "secret", OptionsInterval = TimeSpan.Zero, Agent = agent };
}
