namespace Benchmarks;

/// <summary>One measured figure, as it stands in docs/benchmarks.md.</summary>
/// <param name="Goal">The goal's number, "B24"; empty for a cost without a goal of its own.</param>
/// <param name="What">What was measured, with its conditions.</param>
/// <param name="GoalText">What the goal asks, with unit.</param>
/// <param name="Measured">The figure, with unit.</param>
/// <param name="Reference">The same quantity of the reference measured in the same run, or what it is compared with.</param>
public sealed record FigureRow(string Goal, string What, string GoalText, string Measured, string Reference);
