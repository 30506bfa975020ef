using Microsoft.Extensions.Options;
using VoiceAgent.Hosting;

namespace VoiceAgent.WebConsole;

/// <summary>Signing in by name and password, or by the one-time token where there are no users, and signing out.</summary>
internal sealed class SignInEndpoints(
    ConsoleDoor door, ConsoleSessions sessions, OneTimeToken token, SignInTries tries, IOptions<ConsoleOptions> options, IOptions<HttpOptions> http, ILogger<SignInEndpoints> logger)
    : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // A hash takes a core for a tenth of a second, which running calls need.
    private readonly SemaphoreSlim _hashing = new(1);

    private bool HasUsers => options.Value.Users.Count > 0;

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/console/api/sign-in", ConsoleDoor.OpenAct(SignInAsync));
        routes.MapPost("/console/api/sign-out", door.Act(ConsoleRole.Viewer, SignOutAsync));
        routes.MapGet("/console/api/me", ConsoleDoor.Open(MeAsync));
        var key = new HttpKey(http.Value.ApiKey);
        if (key.IsSet && !HasUsers)
            routes.MapPost("/console/token", context => HttpProblem.IfMay(context, key, () => context.Response.WriteAsync(token.Current + "\n", context.RequestAborted)));
    }

    /// <inheritdoc/>
    public void Dispose() => _hashing.Dispose();

    private async Task SignInAsync(HttpContext context)
    {
        if (await ConsoleDoor.ReadAsync(context, ConsoleJson.Default.SignInRequest) is not { } request)
        {
            await HttpProblem.WriteAsync(context, StatusCodes.Status400BadRequest, "unreadable", "Send a user and a password, or a token.");
            return;
        }
        var source = context.Connection.RemoteIpAddress;
        // As configured, however it was typed.
        var user = !HasUsers ? OneTimeToken.User : options.Value.Users.Keys.FirstOrDefault(name => name.Equals(request.User, StringComparison.OrdinalIgnoreCase)) ?? request.User ?? "";
        if (!tries.TryBegin(source, user))
        {
            await HttpProblem.WriteAsync(context, StatusCodes.Status429TooManyRequests, "too-many-tries", $"Too many sign-ins failed; wait for {SignInTries.Window.TotalMinutes:0} minutes.");
            return;
        }
        if (HasUsers && !await _hashing.WaitAsync(Patience, context.RequestAborted))
        {
            context.Response.Headers.RetryAfter = "5";
            await HttpProblem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "busy", "Too many sign in at this moment; try again.");
            return;
        }
        if (Role(request) is not { } role)
        {
            logger.SignInFailed(source?.ToString() ?? "nowhere");
            await HttpProblem.WriteAsync(context, StatusCodes.Status401Unauthorized, "wrong", HasUsers ? "No such user, or not their password." : "The token is not valid; each works once.");
            return;
        }
        tries.Succeeded(source, user);
        logger.SignedIn(user, role, source?.ToString() ?? "nowhere");
        context.Response.Cookies.Append(ConsoleDoor.CookieOf(context), sessions.Open(user, role), TermsOf(context));
        await ConsoleDoor.WriteAsync(context, new MeView(user, role, HasUsers), ConsoleJson.Default.MeView);
    }

    /// <summary>What somebody may do who brings this; null for nothing. Gives the place at the hashing back.</summary>
    private ConsoleRole? Role(SignInRequest request)
    {
        if (!HasUsers)
            return request.Token is { } given && token.TryUse(given) ? ConsoleRole.Admin : null;
        try
        {
            var user = options.Value.Users.GetValueOrDefault(request.User ?? "");
            return PasswordHash.Matches(request.Password ?? "", user?.PasswordHash) ? user!.Role : null;
        }
        finally
        {
            _hashing.Release();
        }
    }

    private Task SignOutAsync(HttpContext context, ConsoleSession session)
    {
        sessions.Close(session);
        context.Response.Cookies.Delete(ConsoleDoor.CookieOf(context), TermsOf(context));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task MeAsync(HttpContext context)
    {
        var session = door.Who(context);
        return ConsoleDoor.WriteAsync(context, new MeView(session?.User, session?.Role, HasUsers), ConsoleJson.Default.MeView);
    }

    // A proxy that ends TLS says so; whoever lies about it only loses their own cookie.
    private static CookieOptions TermsOf(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps || context.Request.Headers["X-Forwarded-Proto"] == "https",
        Path = "/console",
        IsEssential = true,
    };
}
