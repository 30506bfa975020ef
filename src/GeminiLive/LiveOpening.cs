using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>What a connection begins with: the setup, and for a fresh session what was said before it.</summary>
/// <param name="Setup">First message.</param>
/// <param name="History">Message right after the setup was accepted; null when there is nothing to tell.</param>
internal readonly record struct LiveOpening(byte[] Setup, byte[]? History)
{
    // A fresh session that is told little comes sooner than one that is told all, and the model forgets the oldest anyway.
    private const int SeedCharacters = 16_000;
    private const int ShortSeedCharacters = 2_000;

    // Families without historyConfig want a user's turn at the end, and must not take it for a question.
    private const string GoesOn = "(The line was interrupted for a moment. The conversation goes on; wait for the caller.)";

    /// <summary>A resumed session has its own history; a fresh one gets the given and then what was said since. Never both.</summary>
    public static LiveOpening For(LiveSessionConfig config, LiveTarget target, LiveHistory history, LiveResumption resumption)
    {
        if (resumption.Handle is not null)
            return new LiveOpening(SetupMessage.Write(config, target, resumption.Handle), History: null);
        IReadOnlyList<LiveHistoryTurn> turns = resumption.SeedLevel switch
        {
            0 => [.. config.History, .. history.Seed(SeedCharacters)],
            1 => history.Seed(ShortSeedCharacters),
            _ => [],
        };
        return new LiveOpening(
            SetupMessage.Write(config with { History = turns }, target, handle: null),
            turns.Count == 0 ? null : Write(turns, isSilent: target.Profile.HistorySeeding == LiveHistorySeeding.HistoryConfig));
    }

    private static byte[] Write(IReadOnlyList<LiveHistoryTurn> turns, bool isSilent)
    {
        if (isSilent)
            return ClientMessages.Content(turns, turnComplete: true);
        return ClientMessages.Content(turns[^1].Role == LiveRole.User ? turns : [.. turns, new LiveHistoryTurn(LiveRole.User, GoesOn)], turnComplete: false);
    }
}
