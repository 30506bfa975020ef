using Microsoft.Playwright;
using Support;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>A page of the console in a real browser, with all that it complains of.</summary>
/// <remarks>With <c>CONSOLE_PICTURES=docs</c> pictures of the views go to docs/console; with a folder there, each on a telephone and a desk, light and dark.</remarks>
internal sealed class ConsolePage : IAsyncDisposable
{
    private const float PatienceMs = 20_000;
    private const int PhoneWidth = 360;

    private static readonly string? Pictures = Environment.GetEnvironmentVariable("CONSOLE_PICTURES") is { Length: > 0 } wanted ? wanted : null;

    private readonly List<string> _faults = [];

    private ConsolePage(IPage page) => Page = page;

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Opens a view.</summary>
    /// <param name="chromium">Where.</param>
    /// <param name="agent">Whose console.</param>
    /// <param name="user">Who is signed in; null for nobody.</param>
    /// <param name="view">What stands behind the address, such as <c>#/calls</c>.</param>
    public static async Task<ConsolePage> OpenAsync(Chromium chromium, AgentUnderTest agent, string? user, string view = "")
    {
        var browser = await chromium.StartAsync();
        var page = await browser.NewPageAsync(new() { BaseURL = agent.Http.ToString(), ViewportSize = new() { Width = 1200, Height = 800 } });
        page.SetDefaultTimeout(PatienceMs);
        SetDefaultExpectTimeout(PatienceMs);
        var opened = new ConsolePage(page);
        page.Console += (_, message) => opened.Note(message);
        page.PageError += (_, error) => opened._faults.Add(error);
        if (user is not null)
        {
            using var visitor = await ConsoleVisitor.EnterAsync(agent, user);
            await page.Context.AddCookiesAsync([visitor.Cookie]);
        }
        await page.GotoAsync($"/console/{view}");
        return opened;
    }

    /// <summary>What it shows now fits a telephone, and is pictured where pictures are wanted.</summary>
    /// <param name="name">Of the picture.</param>
    /// <param name="phoneToo">Whether the telephone's picture belongs to the documents.</param>
    public async Task ShowsWellAsync(string name, bool phoneToo = false)
    {
        if (Pictures == "docs")
            await PictureAsync(InDocs(name));
        else if (Pictures is not null)
            await ReviewAsync(name);
        var size = Page.ViewportSize!;
        await Page.SetViewportSizeAsync(PhoneWidth, 740);
        Assert.True(await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{name} is wider than a telephone.");
        if (phoneToo && Pictures == "docs")
            await PictureAsync(InDocs($"phone-{name}"));
        await Page.SetViewportSizeAsync(size.Width, size.Height);
    }

    /// <summary>Nothing was refused by its policy, nothing broke.</summary>
    public void HasNoFaults() => Assert.Empty(_faults);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();

    private static string InDocs(string name) => Path.Combine(Repository.Root, "docs", "console", $"{name}.png");

    private async Task ReviewAsync(string name)
    {
        var size = Page.ViewportSize!;
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            foreach (var width in (int[])[390, 1280])
            {
                await Page.SetViewportSizeAsync(width, 800);
                await PictureAsync(Path.Combine(Pictures!, $"{name}-{width}-{scheme}.png"), isWhole: true);
            }
        }
        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await Page.SetViewportSizeAsync(size.Width, size.Height);
    }

    private async Task PictureAsync(string path, bool isWhole = false) => await Page.ScreenshotAsync(new() { Path = path, FullPage = isWhole });

    // Who is not signed in is told so by 401.
    private void Note(IConsoleMessage message)
    {
        if (message.Type == "error" && !message.Text.Contains("401", StringComparison.Ordinal))
            _faults.Add(message.Text);
    }
}
