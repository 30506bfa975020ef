namespace GeminiLive.Tests;

/// <summary>A session as an ordinary agent wishes it.</summary>
internal static class TestSession
{
    public static LiveSessionConfig For(LiveOptions options) => new()
    {
        Model = options.Model,
        Voice = options.Voice,
        SystemInstruction = "You answer the phone.",
        Greeting = "(Greet the caller.)",
    };
}
