using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Simulation.Live;
using VoiceAgent.WebConsole;

namespace EndToEnd.Tests.Browser;

/// <summary>The console's API as a browser meets it, and as somebody meets it who means harm.</summary>
public sealed class ConsoleApiTests
{
    private const string Password = "correct horse battery";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly string Hash = PasswordHash.Of(Password);

    [Fact]
    public async Task Strangers_see_the_sign_in_page_and_nothing_else()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, Users);
        using var http = Client(agent);
        using var page = await http.GetAsync("/console/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
        var html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);

        foreach (var path in (string[])["live", "state", "cluster", "calls", "calls/x"])
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, path));
        foreach (var path in (string[])["drain", "resume", "calls/x/hang-up", "calls/x/transfer", "calls/x/whisper", "sign-out"])
            Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(http, path, "{}")).StatusCode);
        using var bare = await http.GetAsync("/console");
        Assert.Equal("/console/", bare.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task A_password_opens_what_the_role_allows_and_a_wrong_one_nothing()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, Users);
        using var viewer = Client(agent);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(viewer, "vera", "wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(viewer, "nobody", Password)).StatusCode);
        using var entered = await SignInAsync(viewer, "vera", Password);
        Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/console", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(viewer, "state"));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(viewer, "cluster"));   // alone
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(viewer, "drain", "{}")).StatusCode);

        using var chief = Client(agent);
        await SignInAsync(chief, "OLGA", Password);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(chief, "drain", "{}")).StatusCode);
        var state = await StateAsync(viewer);
        Assert.True(state.GetProperty("isDraining").GetBoolean());
        Assert.Equal("olga", Assert.Single(state.GetProperty("stops").EnumerateArray()).GetProperty("by").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(chief, "resume", "{}")).StatusCode);
        Assert.Equal("ready", (await StateAsync(viewer)).GetProperty("state").GetString());

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(viewer, "sign-out", "{}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(viewer, "state"));
    }

    [Theory]
    [InlineData("127.0.0.0/8", HttpStatusCode.OK)]
    [InlineData("192.0.2.0/24", HttpStatusCode.TooManyRequests)]   // its word is not taken: all are one
    public async Task Behind_a_trusted_proxy_each_browser_has_tries_of_its_own(string trusted, HttpStatusCode ofAnother)
    {
        await using var agent = await AgentUnderTest.StartAsync(null, [.. Users, ("Http:TrustedProxies:0", trusted)]);
        using var guesser = Client(agent);
        guesser.DefaultRequestHeaders.Add("X-Forwarded-For", "127.0.0.1, 198.51.100.7");
        for (var i = 0; i < SignInTries.MostBySource; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(guesser, "nobody", "wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SignInAsync(guesser, "vera", Password)).StatusCode);

        using var other = Client(agent);
        other.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.8");
        Assert.Equal(ofAnother, (await SignInAsync(other, "vera", Password)).StatusCode);
    }

    [Fact]
    public async Task A_request_that_a_foreign_page_could_send_does_nothing_though_it_has_the_cookie()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, Users);
        using var http = Client(agent);
        await SignInAsync(http, "olga", Password);
        var own = agent.Http.GetLeftPart(UriPartial.Authority);
        (string? Origin, string? Header, string? Site)[] foreign =
            [(null, "1", null), (own, null, null), ("http://evil.example", "1", null), ("null", "1", null), (own, "1", "cross-site"), (own, "1", "same-site")];
        foreach (var (origin, header, site) in foreign)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/console/api/drain") { Content = new StringContent("{}") };
            if (origin is not null)
                request.Headers.Add("Origin", origin);
            if (header is not null)
                request.Headers.Add(ConsoleDoor.Header, header);
            if (site is not null)
                request.Headers.Add("Sec-Fetch-Site", site);
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        Assert.False((await StateAsync(http)).GetProperty("isDraining").GetBoolean());
    }

    [Fact]
    public async Task Guessing_is_stopped_and_odd_bodies_are_refused()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, Users);
        using var http = Client(agent);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(http, "sign-in", "[]")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(http, "sign-in", "null")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(http, "sign-in", $"{{\"user\":\"{new string('x', 10_000)}\"}}")).StatusCode);
        for (var i = 0; i < SignInTries.MostBySource; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(http, "vera", $"guess {i}")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SignInAsync(http, "vera", Password)).StatusCode);
    }

    [Fact]
    public async Task Without_users_the_link_that_was_announced_opens_it_once()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Http:ApiKey", "a-key-of-sixteen-characters"));
        using var http = Client(agent);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(http, "sign-in", """{ "token": "guess" }""")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync("/console/token", null)).StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", "a-key-of-sixteen-characters");
        using var given = await http.PostAsync("/console/token", null);
        var token = (await given.Content.ReadAsStringAsync()).Trim();
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(http, "sign-in", $$"""{ "token": "{{token}}" }""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "state"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(http, "sign-in", $$"""{ "token": "{{token}}" }""")).StatusCode);
    }

    [Fact]
    public async Task A_running_call_is_seen_told_something_and_hung_up_and_found_afterwards()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, [.. Users, ("Live:SignTimeout", "00:00:30")]);
        using var http = Client(agent);
        await SignInAsync(http, "olga", Password);
        await using var caller = await ConversationTests.Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync("story");
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));

        var call = Assert.Single((await StateAsync(http)).GetProperty("calls").EnumerateArray());
        var (id, key) = (call.GetProperty("callId").GetString()!, call.GetProperty("key").GetString()!);
        Assert.Equal("agent", call.GetProperty("dialled").GetString());
        Assert.InRange(call.GetProperty("line").GetProperty("agentDbov").GetDouble(), -60, 0);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(http, $"calls/{id}/transfer", """{ "target": "sip:thief@192.0.2.1" }""")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(http, "calls/other/hang-up", "{}")).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(http, $"calls/{id}/whisper", """{ "text": "Offer them the blue bicycle." }""")).StatusCode);
        await Until(() => session.Events.Any(happened => happened.Text?.Contains("blue bicycle", StringComparison.Ordinal) == true));
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(http, $"calls/{id}/hang-up", "{}")).StatusCode);
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Contains(record.Timeline, entry => entry.Text == "olga at the console: hang up");

        JsonElement page = default;
        await Until(async () => (page = await http.GetFromJsonAsync<JsonElement>("/console/api/calls?number=agent&reason=AgentHungUp")).GetProperty("calls").GetArrayLength() == 1);
        Assert.Equal(key, page.GetProperty("calls")[0].GetProperty("key").GetString());
        var shown = await http.GetFromJsonAsync<JsonElement>($"/console/api/calls/{Uri.EscapeDataString(key)}");
        Assert.False(shown.GetProperty("isHere").GetBoolean());
        Assert.Contains("called agent", shown.GetProperty("explanation")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(id, shown.GetProperty("record").GetProperty("callId").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(http, "calls?reason=Boredom"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(http, "calls?from=yesterday"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, "calls/unknown"));
    }

    [Fact]
    public async Task A_transfer_goes_to_whom_the_agent_may_hand_callers_and_the_agent_is_told_to_say_so()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false },
            [.. Users, ("Live:SignTimeout", "00:00:30"), ("Agents:Profiles:reception:Transfers:sales:Target", "sip:sales@127.0.0.1:1;transport=tcp"), ("Agents:Profiles:reception:Transfers:sales:Mode", "Attended"), ("Telephony:Outbound:Allow:0", "sales@127.0.0.1:*"),
            ("Agents:Profiles:reception:Transfers:billing:Target", "sip:billing@127.0.0.1:5999")]);
        using var http = Client(agent);
        await SignInAsync(http, "olga", Password);
        await using var caller = await ConversationTests.Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync("greeting");
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));

        var key = (await StateAsync(http)).GetProperty("calls")[0].GetProperty("key").GetString()!;
        var shown = await http.GetFromJsonAsync<JsonElement>($"/console/api/calls/{Uri.EscapeDataString(key)}");
        // This caller's phone names no REFER.
        Assert.Equal(["billing: The caller's phone takes no transfers", "sales: "],
            shown.GetProperty("transfers").EnumerateArray().Select(target => $"{target.GetProperty("name")}: {target.GetProperty("whyNot").ToString().Split(" (")[0]}"));
        Assert.Contains("INVITE", shown.GetProperty("ladder").GetString(), StringComparison.Ordinal);
        var id = shown.GetProperty("summary").GetProperty("callId").GetString();
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(http, $"calls/{id}/transfer", """{ "target": "billing" }""")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(http, $"calls/{id}/transfer", """{ "target": "sales" }""")).StatusCode);
        await Until(() => session.Events.Any(happened => happened.Text?.Contains("wants this caller handed to sales", StringComparison.Ordinal) == true));
        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Contains(record.Timeline, entry => entry.Text == "olga at the console: transfer to sales");
    }

    [Fact]
    public async Task Those_who_look_on_do_not_keep_a_service_from_stopping()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, Users);
        using var http = Client(agent);
        await SignInAsync(http, "vera", Password);
        for (var i = 1; i < LiveEndpoints.MaxOfOne; i++)
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/console/api/live", HttpCompletionOption.ResponseHeadersRead)).StatusCode);
        using var stream = await http.GetStreamAsync("/console/api/live");
        using (var other = Client(agent))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(http, "live"));   // one browser does not take all places
            await SignInAsync(other, "olga", Password);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(other, "live"));
        }
        using var reader = new StreamReader(stream);
        Assert.StartsWith("data: {\"state\":\"ready\"", await reader.ReadLineAsync(), StringComparison.Ordinal);
        await agent.StopAsync().WaitAsync(Soon);
    }

    private static (string, string?)[] Users =>
    [
        ("Console:Users:vera:PasswordHash", Hash),
        ("Console:Users:olga:PasswordHash", Hash), ("Console:Users:olga:Role", "Operator"),
    ];

    private static HttpClient Client(AgentUnderTest agent) => new() { BaseAddress = agent.Http };

    private static async Task<JsonElement> StateAsync(HttpClient http)
    {
        await Task.Delay(LiveBoard.Period);   // one look serves all for so long
        return await http.GetFromJsonAsync<JsonElement>("/console/api/state");
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync($"/console/api/{path}", HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    private static Task<HttpResponseMessage> SignInAsync(HttpClient http, string user, string password) =>
        PostAsync(http, "sign-in", $$"""{ "user": "{{user}}", "password": "{{password}}" }""");

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/console/api/{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Origin", http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        request.Headers.Add(ConsoleDoor.Header, "1");
        return await http.SendAsync(request);
    }

    private static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    private static async Task Until(Func<Task<bool>> condition)
    {
        for (var end = DateTimeOffset.UtcNow + Soon; !await condition(); await Task.Delay(50))
            Assert.True(DateTimeOffset.UtcNow < end, "It did not happen in time.");
    }
}
