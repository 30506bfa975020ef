using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace EndToEnd.Tests;

/// <summary>A5: who may have calls made over HTTP, and what is said to those who may not.</summary>
public sealed class OutboundHttpTests
{
    private const string Key = "a-key-of-sixteen-characters";

    [Fact]
    public async Task Without_a_key_in_the_settings_there_is_no_such_address()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Telephony:Outbound:Allow:0", "+49*"));
        using var http = new HttpClient { BaseAddress = agent.Http };
        using var answer = await http.PostAsJsonAsync("/calls", new { to = "+49301234" });
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Orders_are_checked_one_after_the_other()
    {
        await using var agent = await AgentUnderTest.StartAsync(null,
            ("Http:ApiKey", Key), ("Telephony:Outbound:Allow:0", "+49*"), ("Telephony:Outbound:Allow:1", "agent@127.0.0.1:*"), ("Telephony:Outbound:MaxCallsPerNumberPerHour", "2"),
            ("Telephony:Trunks:silent:Addresses:0", "203.0.113.7"));
        using var stranger = new HttpClient { BaseAddress = agent.Http };
        using var wrong = new HttpClient { BaseAddress = agent.Http, DefaultRequestHeaders = { Authorization = new("Bearer", Key + "x") } };
        using var http = new HttpClient { BaseAddress = agent.Http, DefaultRequestHeaders = { Authorization = new("Bearer", Key) } };

        Assert.Equal("401 unauthorized", await PostAsync(stranger, """{ "to": "+49301234" }"""));
        Assert.Equal("401 unauthorized", await PostAsync(wrong, """{ "to": "+49301234" }"""));
        Assert.Equal("400 unreadable", await PostAsync(http, "to=+4930"));
        Assert.Equal("400 unreadable", await PostAsync(http, """{ "to": "+49301234", "callerid": "+1900" }"""));
        Assert.Equal("400 unreadable", await PostAsync(http, $$"""{ "to": "{{new string('1', 20_000)}}" }"""));
        Assert.Equal("400 invalid", await PostAsync(http, "{ }"));
        Assert.Equal("400 invalid", await PostAsync(http, """{ "to": "+49301234", "agent": "nobody" }"""));
        Assert.Equal("400 invalid", await PostAsync(http, """{ "to": "+49301234", "ringTimeoutSeconds": 0 }"""));
        Assert.Equal("400 invalid", await PostAsync(http, """{ "to": "+49301234", "callbackUrl": "http://169.254.169.254/latest" }"""));
        Assert.Equal("400 not-a-target", await PostAsync(http, """{ "to": "bob" }"""));
        Assert.Equal("400 no-trunk", await PostAsync(http, """{ "to": "+49301234" }"""));
        Assert.Equal("400 no-trunk", await PostAsync(http, """{ "to": "+49301234", "trunk": "silent" }"""));
        Assert.Equal("403 not-allowed", await PostAsync(http, """{ "to": "sip:bob@192.0.2.1" }"""));
        Assert.Equal("502 no-route", await PostAsync(http, $$"""{ "to": "{{agent.SipUri}}" }"""));   // ourselves
        Assert.Equal("502 no-route", await PostAsync(http, $$"""{ "to": "{{agent.SipUri}}" }"""));
        Assert.Equal("429 too-many-to-number", await PostAsync(http, $$"""{ "to": "{{agent.SipUri}}" }"""));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/calls/nothing")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.DeleteAsync("/calls/nothing")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/calls/nothing")).StatusCode);
        Assert.Equal(0, agent.RunningCalls);
    }

    private static async Task<string> PostAsync(HttpClient http, string body)
    {
        using var answer = await http.PostAsync("/calls", new StringContent(body, Encoding.UTF8, "application/json"));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return $"{(int)answer.StatusCode} {problem.GetProperty("error").GetString()}";
    }
}
