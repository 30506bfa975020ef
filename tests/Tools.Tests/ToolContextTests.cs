using Microsoft.Extensions.AI;

namespace Tools.Tests;

public sealed class ToolContextTests
{
    [Fact]
    public void Function_finds_the_context_that_its_arguments_carry()
    {
        var context = new ToolContext { CallId = "c1", Agent = "reception" };

        Assert.Same(context, ToolContext.Of(context.With(new Dictionary<string, object?>(StringComparer.Ordinal) { ["a"] = 1 })));
        Assert.Null(ToolContext.Of(new AIFunctionArguments()));
    }
}
