namespace GeminiLive;

/// <summary>The first half of a connection: credentials, TCP, TLS and the WebSocket upgrade. <see cref="LiveConnection"/> is the second.</summary>
internal static class LiveUpgrade
{
    /// <summary>Connects; expected failures are values, and <see cref="LiveOptions.ConnectTimeout"/> is one.</summary>
    public static async Task<(ILiveSocket? Socket, LiveFailure? Failure)> ConnectAsync(
        ILiveConnector connector, LiveTarget target, LiveOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var credential = await target.Credentials.GetAsync(either.Token);
        if (credential.Failure is not null && !either.IsCancellationRequested)
            return (null, credential.Failure);
        var attempt = credential.Failure is null ? await connector.ConnectAsync(target.Endpoint, credential.Headers, either.Token) : default;
        if (attempt.Socket is not null)
            return (attempt.Socket, null);
        if (cancellationToken.IsCancellationRequested)
            return (null, new LiveFailure(LiveFailureKind.Cancelled, Code: null, "given up"));
        var detail = timeout.IsCancellationRequested ? $"no connection within {options.ConnectTimeout.TotalSeconds:0.#} s" : attempt.Error ?? "";
        return (null, new LiveFailure(LiveCloseReasons.OfUpgrade(attempt.HttpStatus), attempt.HttpStatus, detail));
    }
}
