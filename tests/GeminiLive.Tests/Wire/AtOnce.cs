namespace GeminiLive.Tests.Wire;

/// <summary>Results of what must not have had to wait.</summary>
internal static class AtOnce
{
    public static T Now<T>(this ValueTask<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully, "It had to wait.");
        return task.IsCompletedSuccessfully ? task.Result : default!;
    }
}
