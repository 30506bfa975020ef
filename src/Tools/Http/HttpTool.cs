using System.Text.Json;
using Polly.CircuitBreaker;
using Tools.Templates;

namespace Tools.Http;

/// <summary>A declared web call as a function.</summary>
/// <remarks>Immutable; any thread.</remarks>
internal sealed class HttpTool : AIFunction, IPolicyFunction
{
    // It ends a little before the policy's own limit, so that its words on what happened are the ones that are told.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    private readonly HttpToolDefinition _definition;
    private readonly HttpSender _sender;
    private readonly HostBreakers _breakers;
    private readonly HttpAnswer _answer;
    private readonly HttpRetry _retry;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<Secret> _secrets;

    public HttpTool(HttpToolDefinition definition, HttpSender sender, HostBreakers breakers, TimeProvider time)
    {
        (_definition, _sender, _breakers, _time) = (definition, sender, breakers, time);
        _answer = new HttpAnswer(definition.Title, definition.Result, definition.IsIdempotent);
        _retry = new HttpRetry(definition.Retries, definition.IsIdempotent, time);
        _secrets = [.. definition.Request.Secrets];
    }

    /// <inheritdoc/>
    public override string Name => _definition.Name;

    /// <inheritdoc/>
    public override string Description => _definition.Description;

    /// <inheritdoc/>
    public override JsonElement JsonSchema => _definition.Schema;

    /// <inheritdoc/>
    public bool RetriesItself => true;

    /// <inheritdoc/>
    public AIFunction Under(ToolPolicy policy) =>
        new HttpTool(_definition with { IsIdempotent = policy.Idempotent, Timeout = policy.Timeout, Retries = policy.Retries }, _sender, _breakers, _time);

    /// <inheritdoc/>
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var values = new CallValues(arguments, _definition.Defaults, ToolContext.Of(arguments));
        if (_definition.Request.TryExpand(values, _definition.IsIdempotent, out var plan) is { } fault)
            return ToolResult.Failed(fault);
        var timeLeft = _definition.Timeout > 2 * Margin ? _definition.Timeout - Margin : _definition.Timeout / 2;
        using var time = new CancellationTokenSource(timeLeft, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        var secrets = HiddenTexts();
        var outcome = await _retry.RunAsync(token => TryAsync(plan!, secrets, token, cancellationToken), timeLeft, limit.Token, cancellationToken);
        return outcome.Result;
    }

    private async Task<HttpOutcome> TryAsync(RequestPlan plan, IReadOnlyList<string> secrets, CancellationToken limit, CancellationToken cancellation)
    {
        try
        {
            return await _breakers.Of(plan.Address).ExecuteAsync(
                async token => await _sender.SendAsync(_definition.Source, plan, _answer, secrets, token, cancellation), limit);
        }
        catch (BrokenCircuitException)
        {
            return new HttpOutcome(ToolResult.Failed($"{_definition.Title} keeps failing and is left alone for a few seconds.", mayRetry: true)) { IsNothingDone = true };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return _answer.Refusal("did not answer in time.");   // the time was up before anything was sent
        }
    }

    // As it is, and as it looks in an address.
    private List<string> HiddenTexts() =>
        [.. _secrets.Select(secret => secret.Value).Where(value => value.Length > 0).SelectMany(value => new[] { value, Uri.EscapeDataString(value) }).Distinct(StringComparer.Ordinal)];
}

/// <summary>All that is known of a declared web call.</summary>
internal sealed record HttpToolDefinition
{
    /// <summary>Name of the source.</summary>
    public required string Source { get; init; }

    /// <summary>What the agent calls the server, as the beginning of a sentence.</summary>
    public required string Title { get; init; }

    /// <summary>Name that the model calls.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, for the model.</summary>
    public required string Description { get; init; }

    /// <summary>Schema of the arguments.</summary>
    public required JsonElement Schema { get; init; }

    /// <summary>Values of arguments that are not given.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Defaults { get; init; }

    /// <summary>Makes the requests.</summary>
    public required RequestTemplate Request { get; init; }

    /// <summary>What the model sees of an answer.</summary>
    public required ResultFields Result { get; init; }

    /// <summary>Whether doing it twice does no harm.</summary>
    public required bool IsIdempotent { get; init; }

    /// <summary>Longest time for it all.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Further tries.</summary>
    public required int Retries { get; init; }
}
