using System.Net;
using System.Net.WebSockets;
using System.Text;
using VoiceAgent.WebConsole;

namespace EndToEnd.Tests.Browser;

/// <summary>Somebody who is signed in to the console, as a browser without pages: its cookie, its headers, its sockets.</summary>
internal sealed class ConsoleVisitor : IDisposable
{
    /// <summary>Password of all users.</summary>
    public const string Password = "correct horse battery";

    private static readonly string Hash = PasswordHash.Of(Password);

    private readonly CookieContainer _cookies = new();

    private ConsoleVisitor(AgentUnderTest agent) =>
        Http = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies }) { BaseAddress = agent.Http };

    /// <summary>Settings with vera, who looks on, olga, who operates, and anna, who may do everything.</summary>
    public static (string, string?)[] Users { get; } =
    [
        ("Console:Users:vera:PasswordHash", Hash),
        ("Console:Users:olga:PasswordHash", Hash), ("Console:Users:olga:Role", "Operator"),
        ("Console:Users:anna:PasswordHash", Hash), ("Console:Users:anna:Role", "Admin"),
    ];

    /// <summary>Its requests.</summary>
    public HttpClient Http { get; }

    /// <summary>The console's own origin.</summary>
    public string Origin => Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>A browser of somebody; null for one that is not signed in.</summary>
    public static async Task<ConsoleVisitor> EnterAsync(AgentUnderTest agent, string? user)
    {
        var visitor = new ConsoleVisitor(agent);
        if (user is not null)
        {
            using var entered = await visitor.PostAsync("sign-in", $$"""{ "user": "{{user}}", "password": "{{Password}}" }""");
            Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
        }
        return visitor;
    }

    /// <summary>What a real browser has to bring to be the same visitor.</summary>
    public Microsoft.Playwright.Cookie Cookie
    {
        get
        {
            var cookie = Assert.Single(_cookies.GetCookies(new Uri(Http.BaseAddress!, "/console/")).Cast<Cookie>());
            return new() { Name = cookie.Name, Value = cookie.Value, Domain = Http.BaseAddress!.Host, Path = "/console", HttpOnly = true, SameSite = Microsoft.Playwright.SameSiteAttribute.Strict };
        }
    }

    /// <summary>Asks for something that changes something.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/console/api/{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Origin", Origin);
        request.Headers.Add(ConsoleDoor.Header, "1");
        return await Http.SendAsync(request);
    }

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="path">Below the API.</param>
    /// <param name="origin">Whose page wants it; null for the console's.</param>
    /// <exception cref="WebSocketException">It was refused.</exception>
    public async Task<ClientWebSocket> OpenAsync(string path, string? origin = null)
    {
        var socket = Socket(origin);
        await socket.ConnectAsync(Address(path), CancellationToken.None);
        return socket;
    }

    /// <summary>The status that an attempt to open a WebSocket is refused with.</summary>
    public async Task<HttpStatusCode> RefusalAsync(string path, string? origin = null)
    {
        using var socket = Socket(origin);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address(path), CancellationToken.None));
        return socket.HttpStatusCode;
    }

    /// <inheritdoc/>
    public void Dispose() => Http.Dispose();

    private Uri Address(string path) => new UriBuilder(new Uri(Http.BaseAddress!, $"/console/api/{path}")) { Scheme = "ws" }.Uri;

    private ClientWebSocket Socket(string? origin)
    {
        var socket = new ClientWebSocket();
        socket.Options.Cookies = _cookies;
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", origin ?? Origin);
        return socket;
    }
}
