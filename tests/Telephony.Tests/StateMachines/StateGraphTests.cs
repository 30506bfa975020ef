using Telephony.StateMachines;

namespace Telephony.Tests.StateMachines;

public sealed class StateGraphTests
{
    [Fact]
    public void Mermaid_nests_substates_and_labels_guards() =>
        Assert.Equal("""
            stateDiagram-v2
                Closed
                Locked
                state Open {
                    Ajar
                    Wide
                }
                Broken
                [*] --> Closed
                Closed --> Ajar: Push
                Closed --> Locked: Lock [HasKey]
                Closed --> Closed: Slam
                Locked --> Closed: Unlock [HasKey]
                Locked --> Broken: Kick
                Open --> Closed: Slam
                Open --> Broken: Kick
                Ajar --> Wide: Push
                Ajar --> Open: Knock
                Wide --> Ajar: Pull
                Broken --> [*]
                %% Closed acts on: Knock
                %% Closed ignores: Pull, Unlock
                %% Locked ignores: Unlock

            """.ReplaceLineEndings("\n"), StateGraph.ToMermaid(Door.Table));

    [Fact]
    public void Dot_draws_superstates_as_clusters()
    {
        var dot = StateGraph.ToDot(Door.Table);
        Assert.Contains("    subgraph cluster_Open { label=\"Open\"; Open [style=dotted];\n        Ajar;\n        Wide;\n    }\n", dot, StringComparison.Ordinal);
        Assert.Contains("    Closed -> Locked [label=\"Lock [HasKey]\"];\n", dot, StringComparison.Ordinal);
        Assert.Equal(dot.Count(c => c == '{'), dot.Count(c => c == '}'));
    }

    [Theory]
    [InlineData("call => call.MayTransfer", "MayTransfer")]
    [InlineData("static c => !c.IsHeld && c.CanResume", "!IsHeld && CanResume")]
    [InlineData("call =>\n    call.A\n    || call.B", "A || B")]
    [InlineData("c => c.Sync.IsFree", "Sync.IsFree")]
    [InlineData("MayTransfer", "MayTransfer")]
    [InlineData(null, "guard")]
    public void A_guard_is_shown_as_its_source_without_the_lambda(string? source, string shown) =>
        Assert.Equal(shown, StateGraph.ReadableGuard(source));
}
