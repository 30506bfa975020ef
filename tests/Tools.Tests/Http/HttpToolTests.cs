using System.Diagnostics;

namespace Tools.Tests.Http;

/// <summary>What a declared web call sends, and what the model sees of the answer.</summary>
public sealed class HttpToolTests
{
    private const string ByNumber = """ "Url": "/orders/{number}", "Parameters": { "number": { "Required": true } } """;

    [Fact]
    public async Task Order_is_found_and_the_model_sees_the_chosen_fields_only()
    {
        await using var shop = (await Shop.StartAsync()).Says("""{ "status": "sent", "cost": 12, "items": [ { "name": "Lamp", "margin": 0.4 }, { "name": "Cable" } ], "customer": { "name": "Ann", "notes": "rude" } }""");
        await using var source = shop.Source(ByNumber + """, "Result": [ "status", "items[].name", "customer.name" ] """);

        var result = await source.CallAsync("""{ "number": "4417" }""");

        Assert.Equal("""{"status":"sent","items":[{"name":"Lamp"},{"name":"Cable"}],"customer":{"name":"Ann"}}""", result.Json());
        var request = Assert.Single(shop.Requests);
        Assert.Equal(("GET", "/orders/4417"), (request.Method, request.Target));
        Assert.Null(request.Header("Idempotency-Key"));
        Assert.Equal("application/json, text/plain; q=0.5", request.Header("Accept"));
    }

    [Fact]
    public async Task Declaration_and_policy_come_from_the_settings()
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source("""
            "Method": "POST", "Url": "/book", "Timeout": "00:00:03", "Parameters": {
              "day": { "Description": "Day", "Required": true, "Pattern": "^\\d+$" }, "count": { "Type": "integer", "Minimum": 1, "Maximum": 5, "Default": "2" },
              "size": { "Enum": [ "small", "large" ] }, "gift": { "Type": "boolean", "Default": "true" }, "names": { "Type": "array", "Items": "string" } }
            """);

        var tool = Assert.Single(await source.LoadAsync(CancellationToken.None));

        Assert.Equal(("order", "Finds an order.", "shop"), (tool.Name, tool.Function.Description, tool.Source));
        Assert.Equal((false, TimeSpan.FromSeconds(3)), (tool.Policy.Idempotent, tool.Policy.Timeout));
        Assert.Equal(
            """{"type":"object","properties":{"count":{"type":"integer","minimum":1,"maximum":5,"default":2},"day":{"type":"string","description":"Day","pattern":"^\\d\u002B$"},"gift":{"type":"boolean","default":true},"names":{"type":"array","items":{"type":"string"}},"size":{"type":"string","enum":["small","large"]}},"required":["day"],"additionalProperties":false}""",
            tool.Function.JsonSchema.GetRawText());
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("POST", false)]
    [InlineData("DELETE", false)]
    public async Task Only_what_reads_is_taken_for_harmless(string method, bool isIdempotent)
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source($$""" "Url": "/x", "Method": "{{method}}" """);
        await using var declared = shop.Source($$""" "Url": "/x", "Method": "{{method}}", "Idempotent": {{(!isIdempotent ? "true" : "false")}} """);

        Assert.Equal(isIdempotent, Assert.Single(await source.LoadAsync(CancellationToken.None)).Policy.Idempotent);
        Assert.Equal(!isIdempotent, Assert.Single(await declared.LoadAsync(CancellationToken.None)).Policy.Idempotent);
    }

    [Fact]
    public async Task Post_sends_the_arguments_that_stand_nowhere_else_and_the_idempotency_key()
    {
        await using var shop = (await Shop.StartAsync()).Says("""{ "ok": true }""");
        await using var source = shop.Source("""
            "Method": "POST", "Url": "/orders/{number}/notes", "Headers": { "X-Caller": "{caller}" }, "Query": { "lang": "{lang}", "missing": "{other}" },
            "Parameters": { "number": { "Required": true }, "lang": {}, "other": {}, "text": {}, "count": { "Type": "integer", "Default": "3" }, "tags": { "Type": "array" } }
            """);

        await source.CallAsync("""{ "number": "1", "lang": "de", "text": "a \"b\" }", "tags": ["x", 2] }""");

        var request = Assert.Single(shop.Requests);
        Assert.Equal("/orders/1/notes?lang=de", request.Target);
        Assert.Equal("""{"count":3,"text":"a \u0022b\u0022 }","tags":["x",2]}""", request.Body);
        Assert.Equal(("+493012345", "6f1d-1", "application/json; charset=utf-8"), (request.Header("X-Caller"), request.Header("Idempotency-Key"), request.Header("Content-Type")));
    }

    [Fact]
    public async Task Body_template_is_filled_with_values_and_cannot_be_broken_by_them()
    {
        await using var shop = (await Shop.StartAsync()).Says("{}");
        await using var source = shop.Source("""
            "Method": "PUT", "Url": "/x", "Body": "{ \"order\": { \"no\": \"{number}\", \"n\": \"{count}\", \"who\": \"{caller} via {call}\", \"gone\": \"{other}\" }, \"fixed\": [ 1, \"{{x}}\" ] }",
            "Parameters": { "number": {}, "count": { "Type": "integer" }, "other": {} }
            """);

        await source.CallAsync("""{ "number": "1\", \"admin\": true, \"x\": \"", "count": 7 }""");

        Assert.Equal("""{"order":{"no":"1\u0022, \u0022admin\u0022: true, \u0022x\u0022: \u0022","n":7,"who":"\u002B493012345 via c1"},"fixed":[1,"{x}"]}""", Assert.Single(shop.Requests).Body);
    }

    [Theory]
    [InlineData("a/b", "/orders/a%2Fb")]
    [InlineData("a?b=c#d", "/orders/a%3Fb%3Dc%23d")]
    [InlineData("ä %", "/orders/%C3%A4%20%25")]
    [InlineData("%2e%2e", "/orders/%252e%252e")]
    [InlineData("4417&x=1;y", "/orders/4417%26x%3D1%3By")]
    public async Task Argument_stays_inside_its_place_in_the_path(string number, string target)
    {
        await using var shop = (await Shop.StartAsync()).Says("{}");
        await using var source = shop.Source(ByNumber);

        await source.CallAsync(System.Text.Json.JsonSerializer.Serialize(new { number }));

        Assert.Equal(target, Assert.Single(shop.Requests).Target);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("../admin")]
    [InlineData("a/../../admin")]
    [InlineData("..\\admin")]
    [InlineData("1\r\nHost: evil.example")]
    public async Task Argument_that_would_climb_or_break_the_line_is_refused_in_words(string number)
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(ByNumber);

        var result = await source.CallAsync(System.Text.Json.JsonSerializer.Serialize(new { number }));

        Assert.Contains("argument", result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(shop.Requests);
    }

    [Fact]
    public async Task Dots_put_together_from_two_places_are_refused()
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(""" "Url": "/a/{x}{y}/b", "Parameters": { "x": { "Required": true }, "y": { "Required": true } } """);

        Assert.NotNull((await source.CallAsync("""{ "x": ".", "y": "." }""")).Error);
        Assert.Empty(shop.Requests);
    }

    [Theory]
    [InlineData("x\r\nX-Admin: 1")]
    [InlineData("x\n")]
    [InlineData("\u00e4")]
    public async Task Argument_cannot_add_a_header(string value)
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(""" "Url": "/x", "Headers": { "X-Ref": "{ref}" }, "Parameters": { "ref": {} } """);

        Assert.NotNull((await source.CallAsync(System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["ref"] = value }))).Error);
        Assert.Empty(shop.Requests);
    }

    [Fact]
    public async Task Query_takes_lists_and_encodes_all()
    {
        await using var shop = (await Shop.StartAsync()).Says("{}");
        await using var source = shop.Source(""" "Url": "/find?v=1&who={who}", "Query": { "tag": "{tags}", "q": "by {who}" }, "Parameters": { "who": { "Required": true }, "tags": { "Type": "array" } } """);

        await source.CallAsync("""{ "who": "a&b=c", "tags": [ "x y", 3 ] }""");

        Assert.Equal("/find?v=1&who=a%26b%3Dc&q=by%20a%26b%3Dc&tag=x%20y&tag=3", Assert.Single(shop.Requests).Target);
    }

    [Fact]
    public async Task Withheld_number_is_told_where_it_is_needed()
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(""" "Url": "/customers/{caller}" """);

        var result = await source.CallAsync("{}", context: Calling.Context with { CallerNumber = "" });

        Assert.Equal("This needs the caller, which is not known.", result.Error);
    }

    [Fact]
    public async Task Plain_text_and_an_empty_answer_are_results()
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(""" "Url": "/x" """);
        shop.Answer = context =>
        {
            context.Response.ContentType = "text/plain; charset=iso-8859-1";
            return context.Response.Body.WriteAsync(new byte[] { (byte)'f', 0xFC, (byte)'r' }).AsTask();
        };
        Assert.Equal("für", (await source.CallAsync()).Value);

        shop.Answer = context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        };
        Assert.Equal("done", (await source.CallAsync()).Value);
    }

    [Fact]
    public async Task Trace_of_the_call_goes_along()
    {
        await using var shop = (await Shop.StartAsync()).Says("{}");
        await using var source = shop.Source(""" "Url": "/x" """);
        using var activity = new Activity("call").Start();

        await source.CallAsync();

        Assert.StartsWith($"00-{activity.TraceId}-", Assert.Single(shop.Requests).Header("traceparent"), StringComparison.Ordinal);
    }
}
