namespace VoiceAgent.TurnTaking;

/// <summary>Who decides that a caller who speaks while the agent does has the word.</summary>
public enum BargeInMode
{
    /// <summary>The service alone: the agent speaks until it says <c>interrupted</c>.</summary>
    Server,

    /// <summary>The agent falls silent at the caller's first syllable and goes on where it was unless the service says <c>interrupted</c> soon.</summary>
    LocalPause,

    /// <summary>The same, but our own detector tells the service where the caller's turn begins and ends; the service detects nothing itself.</summary>
    LocalOnly,
}
