using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using Tools.Invocation;

namespace Tools.Http;

/// <summary>Sends a request once and follows its redirects; every way it can end is an outcome.</summary>
/// <remarks>Immutable; any thread.</remarks>
internal sealed class HttpSender(HttpMessageInvoker invoker, HostList hosts, bool mayDowngrade, TimeProvider time, ILogger logger)
{
    private const int MaxRedirects = 3;

    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(1);

    /// <summary>One try.</summary>
    /// <param name="source">Name of the source, for the log.</param>
    /// <param name="plan">What to send.</param>
    /// <param name="answer">Makes outcomes of answers.</param>
    /// <param name="secrets">Values that nobody may see.</param>
    /// <param name="limit">Ends when the time is up.</param>
    /// <param name="cancellation">Ends the call, which wants no outcome but on what may have been done.</param>
    public async Task<HttpOutcome> SendAsync(
        string source, RequestPlan plan, HttpAnswer answer, IReadOnlyList<string> secrets, CancellationToken limit, CancellationToken cancellation)
    {
        var content = plan.Body is { } body ? new MarkedContent(body) : null;
        try
        {
            using var response = await FollowAsync(plan, content, limit);
            if (response is null)
                return answer.Broken("sent us on to somewhere else, which is not allowed.");
            var read = await HttpBody.ReadAsync(response.Content, limit);
            var outcome = answer.Outcome(response.StatusCode, read, RetryAfter(response.Headers.RetryAfter), secrets);
            if (outcome.Result.Error is not null)
                logger.RequestFailed(source, plan.Address.Authority, (int)response.StatusCode);
            return outcome;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            if (cancellation.IsCancellationRequested && content is null)
                throw;
            // A caller who hangs up says nothing of the server's health.
            return Lost(answer, content, new Loss("did not answer in time.", IsFinal: true)) with { IsServerFault = !cancellation.IsCancellationRequested };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            logger.RequestBroken(source, plan.Address.Authority, failure.GetBaseException().Message);
            return Lost(answer, content, LossOf(failure));
        }
    }

    private static HttpOutcome Lost(HttpAnswer answer, MarkedContent? content, Loss loss)
    {
        var mayBeDone = content?.IsSent ?? !loss.IsUnsent;
        var outcome = mayBeDone ? answer.Broken(loss.What) : answer.Refusal(loss.What);
        return outcome with
        {
            Result = outcome.Result.IsUnknown ? outcome.Result : ToolResult.Failed(outcome.Result.Error!, mayRetry: !loss.IsFinal),
            IsTransient = !loss.IsFinal,
            IsServerFault = !loss.IsFinal,
        };
    }

    private static Loss LossOf(Exception failure) =>
        IsRefusedAddress(failure) ? new("is at an address that must not be called.", IsFinal: true, IsUnsent: true)
        : IsUntrusted(failure) ? new("could not prove who it is.", IsFinal: true, IsUnsent: true)
        : failure is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError }
            or OperationCanceledException ? new("cannot be reached.", IsUnsent: true)   // a connection that was not opened in time is cancelled, too
        : new("broke the connection.");

    private static bool IsRefusedAddress(Exception failure) => failure.InnerException is AddressRefusedException;

    private static bool IsUntrusted(Exception failure) => failure.InnerException is AuthenticationException;

    private async Task<HttpResponseMessage?> FollowAsync(RequestPlan plan, MarkedContent? content, CancellationToken limit)
    {
        var request = Request(plan, plan.Address, content, plan.Headers);
        for (var redirects = 0; ; redirects++)
        {
            var response = await invoker.SendAsync(request, limit);
            if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location)
                return response;
            var target = Target(request.RequestUri!, location);
            // Other redirects of a request with effects would repeat the effect elsewhere (RFC 9110 section 15.4).
            if (target is null || redirects == MaxRedirects || (!plan.MayRepeat && response.StatusCode != HttpStatusCode.SeeOther && redirects == 0))
            {
                response.Dispose();
                return null;
            }
            response.Dispose();
            var isSameOrigin = Uri.Compare(target, plan.Address, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
            var next = plan with { Method = plan.MayRepeat ? plan.Method : HttpMethod.Get };
            request = Request(next, target, null, isSameOrigin ? plan.Headers : []);
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private Uri? Target(Uri from, Uri location)
    {
        if (!Uri.TryCreate(from, location, out var target) || (target.Scheme != Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttp))
            return null;
        var isDowngrade = from.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp;
        return hosts.Allows(target) && (!isDowngrade || mayDowngrade) ? target : null;
    }

    private static HttpRequestMessage Request(RequestPlan plan, Uri address, MarkedContent? content, IReadOnlyList<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(plan.Method, address) { Content = content };
        request.Headers.Accept.ParseAdd("application/json, text/plain;q=0.5");
        ToolTracing.Tell(request);
        foreach (var (name, value) in headers)
        {
            if (name.Equals("Accept", StringComparison.OrdinalIgnoreCase))
                request.Headers.Accept.Clear();
            if (request.Headers.TryAddWithoutValidation(name, value) || content is null)
                continue;
            content.Headers.Remove(name);
            content.Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait is null ? null : TimeSpan.FromTicks(Math.Clamp(wait.Value.Ticks, 0, MaxRetryAfter.Ticks));
    }

    /// <summary>How a try went wrong before there was an answer.</summary>
    /// <param name="What">The end of a sentence that begins with the server.</param>
    /// <param name="IsFinal">Whether another try would end the same.</param>
    /// <param name="IsUnsent">Whether nothing was sent for certain.</param>
    private sealed record Loss(string What, bool IsFinal = false, bool IsUnsent = false);
}
