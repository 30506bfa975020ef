using System.Runtime.CompilerServices;

namespace VoiceAgent.Tests;

/// <summary>Takes the developer's own key from the tests, and from what they start: what a service does without one is theirs to say, and none of them is to call the real service.</summary>
internal static class KeylessEnvironment
{
    [ModuleInitializer]
    internal static void Clear()
    {
        foreach (var name in new[] { "GEMINI_API_KEY", "GOOGLE_API_KEY" })
            Environment.SetEnvironmentVariable(name, value: null);
    }
}
