namespace Tools.Tests.Http;

/// <summary>What is wrong with a declaration is told at start: key, value, remedy; everything at once.</summary>
public sealed class HttpSettingsTests
{
    private const string Source = """ "BaseUrl": "https://shop.example", "AllowedHosts": [ "shop.example" ] """;

    [Theory]
    [InlineData(""" "Url": "ftp://shop.example/x" """, "Url: 'ftp://shop.example/x': it is no address")]
    [InlineData(""" "Url": "" """, "Url: '': it is no address")]
    [InlineData(""" "Url": "https://evil.example/x" """, "Url: 'evil.example' is not in AllowedHosts")]
    [InlineData(""" "Url": "http://shop.example/x" """, "Url: it is not encrypted; use https")]
    [InlineData(""" "Url": "https://a:b@shop.example/x" """, "put credentials into Headers")]
    [InlineData(""" "Url": "/a/../b" """, "it is no address")]
    [InlineData(""" "Url": "/a#b" """, "a fragment (#...) is never sent")]
    [InlineData(""" "Url": "/a/{b c}" """, "'{b c}' is neither an argument")]
    [InlineData(""" "Url": "/a/${key}" """, "'${key}' is neither an argument")]
    [InlineData(""" "Url": "/a/{x}" """, "Parameters: {x} is used but not declared")]
    [InlineData(""" "Url": "/a/{x}", "Parameters": { "x": {} } """, "Parameters:x: it stands in the address; set Required, or a Default")]
    [InlineData(""" "Url": "/a", "Parameters": { "x": {} } """, "Parameters:x: it is used nowhere")]
    [InlineData(""" "Url": "/a/{caller}", "Parameters": { "caller": { "Required": true } } """, "Parameters:caller: the name is taken")]
    [InlineData(""" "Url": "/a", "Query": { "a": "{x}" }, "Parameters": { "x": { "Type": "int" } } """, "Parameters:x:Type: 'int' is no type")]
    [InlineData(""" "Url": "/a", "Query": { "a": "{x}" }, "Parameters": { "x": { "Pattern": "(" } } """, "Parameters:x:Pattern: '(' is no regular expression")]
    [InlineData(""" "Url": "/a", "Query": { "a": "{x}" }, "Parameters": { "x": { "Type": "integer", "Default": "two" } } """, "Parameters:x:Default: 'two' is not of type integer")]
    [InlineData(""" "Url": "/a", "Query": { "a": "{x}" }, "Parameters": { "x": { "Minimum": 2, "Maximum": 1 } } """, "Parameters:x:Minimum: it is greater than Maximum")]
    [InlineData(""" "Url": "/a", "Method": "FETCH" """, "Method: 'FETCH' is no method")]
    [InlineData(""" "Url": "/a", "Body": "{}" """, "Body: GET has no body")]
    [InlineData(""" "Url": "/a", "Method": "POST", "Body": "{ x }" """, "Body: it is not JSON")]
    [InlineData(""" "Url": "/a", "Headers": { "Host": "x" } """, "Headers:Host: this header is set by the connection itself")]
    [InlineData(""" "Url": "/a", "Headers": { "A b": "x" } """, "Headers:A b: this is no name of a header")]
    [InlineData(""" "Url": "/a", "Headers": { "A": "x\r\ny" } """, "Headers:A: a header takes printable ASCII only")]
    [InlineData(""" "Url": "/a", "Result": [ "a..b" ] """, "Result: 'a..b' is no path")]
    [InlineData(""" "Url": "/a", "Timeout": "00:00:00" """, "Timeout: '00:00:00' is not between zero and ten minutes")]
    [InlineData(""" "Url": "/a", "Retries": 50 """, "Retries: '50' is not between 0 and 5")]
    public async Task Faulty_tool_is_refused(string tool, string fault)
    {
        var refused = await RefusedAsync($$"""{ {{Source}}, "Tools": { "order": { "Description": "d", {{tool}} } } }""");
        Assert.Contains("Tools:Http:shop:Tools:order:", refused, StringComparison.Ordinal);
        Assert.Contains(fault, refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "AllowedHosts: it is empty; list the hosts")]
    [InlineData("{}", "Tools: it is empty; declare a tool")]
    [InlineData("""{ "AllowedHosts": [ "https://x" ] }""", "AllowedHosts: 'https://x' is no host")]
    [InlineData("""{ "TrustedRoots": "/no/such.pem" }""", "TrustedRoots: '/no/such.pem' is no file of certificates")]
    [InlineData("""{ "IdempotencyHeader": "a b" }""", "IdempotencyHeader: 'a b' is no name")]
    [InlineData("""{ "Hots": [] , "Hosts": [ "x" ] }""", "'Hosts'")]
    [InlineData("""{ "AllowPlainHttp": "maybe" }""", "maybe")]
    [InlineData("""{ "Tools": { "a": { "Url": "https://x/" } } }""", "Tools:a:Description: it is empty; say what the tool does")]
    public async Task Faulty_source_is_refused(string source, string fault) => Assert.Contains(fault, await RefusedAsync(source), StringComparison.Ordinal);

    [Fact]
    public async Task All_faults_of_all_tools_are_told_at_once()
    {
        var refused = await RefusedAsync($$"""{ {{Source}}, "Tools": { "a": { "Url": "x" }, "b": { "Description": "d", "Url": "/b", "Method": "X" } } }""");
        Assert.Equal(3, refused.Split('\n').Length);
    }

    private static async Task<string> RefusedAsync(string source)
    {
        await using var shop = await Shop.StartAsync();
        return Assert.Throws<ToolSourceException>(() => shop.Factory().Create(Shop.Configuration(source))).Message;
    }
}
