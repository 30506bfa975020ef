using GeminiLive.Configuration;
using GeminiLive.Credentials;

namespace GeminiLive.Tests;

/// <summary>A session as an ordinary agent wishes it.</summary>
internal static class TestSession
{
    public static LiveSessionConfig For(LiveOptions options, LiveSessionSettings? agent = null) => new()
    {
        Settings = (agent ?? new LiveSessionSettings()).Over(options),
        Targets = TargetResolver.Resolve(options, (agent ?? new LiveSessionSettings()).Over(options), new CredentialStore()),
        SystemInstruction = "You answer the phone.",
        Greeting = "(Greet the caller.)",
    };
}
