using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

/// <summary>A tab of the real browser that is hidden when another one comes before it; pages that the driver opens itself are taken for looked at whatever happens.</summary>
internal sealed class PlainTab : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly ICDPSession _browser;
    private string _context = "";
    private string _target = "";
    private string _session = "";
    private int _messages;

    private PlainTab(ICDPSession browser) => _browser = browser;

    /// <summary>Opens a view of the console in a window of its own.</summary>
    public static async Task<PlainTab> OpenAsync(Chromium chromium, AgentUnderTest agent, string user, string view)
    {
        var tab = new PlainTab(await (await chromium.StartAsync()).NewBrowserCDPSessionAsync());
        tab._browser.Event("Target.receivedMessageFromTarget").OnEvent += (_, told) => tab.Take(told);
        tab._context = (await tab.SendAsync("Target.createBrowserContext")).GetProperty("browserContextId").GetString()!;
        using var visitor = await ConsoleVisitor.EnterAsync(agent, user);
        var cookie = visitor.Cookie;
        await tab.SendAsync("Storage.setCookies", ("browserContextId", tab._context), ("cookies", new[] { new { name = cookie.Name, value = cookie.Value, domain = cookie.Domain, path = cookie.Path, httpOnly = true, sameSite = "Strict" } }));
        tab._target = await tab.CreateAsync(new Uri(agent.Http, $"/console/{view}").ToString());
        tab._session = (await tab.SendAsync("Target.attachToTarget", ("targetId", tab._target), ("flatten", false))).GetProperty("sessionId").GetString()!;
        return tab;
    }

    /// <summary>Another tab comes before it.</summary>
    public async Task HideAsync()
    {
        await SendAsync("Target.activateTarget", ("targetId", await CreateAsync("about:blank")));
        await UntilAsync("document.visibilityState === 'hidden'");
    }

    /// <summary>It is looked at again.</summary>
    public async Task ShowAsync()
    {
        await SendAsync("Target.activateTarget", ("targetId", _target));
        await UntilAsync("document.visibilityState === 'visible'");
    }

    /// <summary>It is closed, as by its cross.</summary>
    public Task CloseAsync() => SendAsync("Target.closeTarget", ("targetId", _target));

    /// <summary>What an expression comes to in the page.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        var id = Interlocked.Increment(ref _messages);
        var answer = _asked[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync("Target.sendMessageToTarget", ("sessionId", _session),
            ("message", JsonSerializer.Serialize(new { id, method = "Runtime.evaluate", @params = new { expression, returnByValue = true } })));
        var result = (await answer.Task.WaitAsync(Soon)).GetProperty("result").GetProperty("result");
        return result.TryGetProperty("value", out var value) ? value : default;
    }

    /// <summary>Waits until an expression is true in the page.</summary>
    public async Task UntilAsync(string expression)
    {
        for (var end = DateTimeOffset.UtcNow + Soon; (await EvaluateAsync($"Boolean({expression})")).ValueKind != JsonValueKind.True; await Task.Delay(50))
            Assert.True(DateTimeOffset.UtcNow < end, $"It did not happen in time: {expression}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await SendAsync("Target.disposeBrowserContext", ("browserContextId", _context));
        await _browser.DetachAsync();
    }

    private async Task<string> CreateAsync(string url) =>
        (await SendAsync("Target.createTarget", ("url", url), ("browserContextId", _context))).GetProperty("targetId").GetString()!;

    private async Task<JsonElement> SendAsync(string method, params (string Name, object Value)[] arguments) =>
        await _browser.SendAsync(method, arguments.ToDictionary(argument => argument.Name, argument => argument.Value, StringComparer.Ordinal)) ?? default;

    private void Take(JsonElement? told)
    {
        if (told is { } news && news.GetProperty("sessionId").GetString() == _session
            && JsonElement.Parse(news.GetProperty("message").GetString()!) is var message && message.TryGetProperty("id", out var id) && _asked.TryRemove(id.GetInt32(), out var asked))
            asked.TrySetResult(message);
    }
}
