namespace GeminiLive;

/// <summary>What one call asks of its session: the agent's wishes over <see cref="LiveOptions"/>; the setup message is written from it.</summary>
internal sealed record LiveSessionConfig
{
    /// <summary>Model id, with or without <c>models/</c>.</summary>
    public required string Model { get; init; }

    /// <summary>One of <see cref="LiveVoices.All"/>.</summary>
    public required string Voice { get; init; }

    /// <summary>System instruction; empty sends none.</summary>
    public string SystemInstruction { get; init; } = "";

    /// <summary>What makes the model speak first (<see cref="LiveClient.StartGreeting"/>).</summary>
    public string Greeting { get; init; } = "";
}
