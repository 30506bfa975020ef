using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>Opens the connections of one session: the first in one attempt, later ones in as many as the budget of an outage allows.</summary>
/// <remarks>Owned by the session's loop; the old connection has been closed before it is called.</remarks>
internal sealed class LiveOpener(
    ILiveConnector connector, LiveSessionConfig config, LiveOptions options, LiveResumption resumption,
    TimeProvider timeProvider, ILogger logger, string callId)
{
    /// <summary>One attempt, with the last good handle if there is one.</summary>
    public Task<(LiveConnection? Connection, LiveFailure? Failure)> OpenAsync(CancellationToken cancellationToken) =>
        LiveConnection.OpenAsync(connector, options, SetupMessage.Write(config, options, resumption.Handle), timeProvider, cancellationToken);

    /// <summary>Tries until the session is back, until trying is of no use, or until the budget is spent.</summary>
    public async Task<(LiveConnection? Connection, LiveFailure? Failure)> ReopenAsync(CancellationToken cancellationToken)
    {
        LiveFailure? last = null;
        while (true)
        {
            var wait = resumption.NextWait();
            if (resumption.IsHopeless || wait >= resumption.BudgetLeft)
                return (null, new LiveFailure(LiveFailureKind.BudgetSpent, last?.Code, last?.Detail ?? "the model stays mute"));
            await Task.Delay(wait, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            (var connection, last) = await OpenWithinBudgetAsync(cancellationToken);
            if (connection is not null || cancellationToken.IsCancellationRequested)
                return (connection, last);
            logger.AttemptFailed(callId, resumption.Attempts, last!.Kind, last.Code, last.Detail);
            // "Cancelled" is the budget's end, which the next round finds.
            if (last.Kind != LiveFailureKind.Cancelled && !resumption.MayTryAgain(last))
                return (null, last);
        }
    }

    private async Task<(LiveConnection? Connection, LiveFailure? Failure)> OpenWithinBudgetAsync(CancellationToken cancellationToken)
    {
        var left = resumption.BudgetLeft;
        using var budget = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        return await OpenAsync(either.Token);
    }
}
