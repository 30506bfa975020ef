using System.Text.Json;

namespace GeminiLive.Tests;

public sealed class LiveSchemaTests
{
    // One property 'p' of each form, and what the service is told instead.
    [Theory]
    [InlineData("""{"type":"string"}""", """{"type":"STRING"}""")]
    [InlineData("""{"type":["string","null"],"description":"a name"}""", """{"type":"STRING","description":"a name","nullable":true}""")]
    [InlineData("""{"type":["integer","string"]}""", """{"anyOf":[{"type":"INTEGER"},{"type":"STRING"}]}""")]
    [InlineData("""{"type":"string","enum":["a","b"]}""", """{"type":"STRING","format":"enum","enum":["a","b"]}""")]
    [InlineData("""{"enum":["a","b",null]}""", """{"type":"STRING","format":"enum","enum":["a","b"],"nullable":true}""")]
    [InlineData("""{"const":"a"}""", """{"type":"STRING","format":"enum","enum":["a"]}""")]
    [InlineData("""{"const":7}""", """{"type":"INTEGER","description":"Always 7."}""")]
    [InlineData("""{"type":"number","enum":[1,2.5],"description":"Size."}""", """{"type":"NUMBER","description":"Size. One of: 1, 2.5."}""")]
    [InlineData("""{"type":"string","format":"uuid"}""", """{"type":"STRING","description":"Format: uuid."}""")]
    [InlineData("""{"type":"string","format":"date-time"}""", """{"type":"STRING","format":"date-time"}""")]
    [InlineData("""{"type":"integer","format":"int64","minimum":1,"maximum":5,"multipleOf":2}""", """{"type":"INTEGER","format":"int64","description":"A multiple of 2.","minimum":1,"maximum":5}""")]
    [InlineData("""{"type":"number","exclusiveMinimum":0}""", """{"type":"NUMBER","description":"More than 0."}""")]
    [InlineData("""{"type":"string","minLength":1,"maxLength":64,"pattern":"^x"}""", """{"type":"STRING","minLength":"1","maxLength":"64","pattern":"^x"}""")]
    [InlineData("""{"type":"array","items":{"type":"boolean"},"minItems":1,"uniqueItems":true}""", """{"type":"ARRAY","description":"None twice.","minItems":"1","items":{"type":"BOOLEAN"}}""")]
    [InlineData("""{"type":"string","default":"x","examples":["y","z"],"title":"P","$comment":"c","readOnly":true,"x-own":1}""", """{"type":"STRING","default":"x","example":"y"}""")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"integer"}],"description":"either"}""", """{"anyOf":[{"type":"STRING"},{"type":"INTEGER"}],"description":"either"}""")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", """{"type":"STRING","nullable":true}""")]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/size"}],"default":3}""", """{"type":"INTEGER","description":"in cm","default":3}""")]
    [InlineData("""{"$ref":"#/$defs/size","description":"of the wheel"}""", """{"type":"INTEGER","description":"of the wheel"}""")]
    [InlineData("""{"type":"object","properties":{"q":{"$ref":"#/$defs/size"}},"required":["q","gone"],"additionalProperties":false}""", """{"type":"OBJECT","properties":{"q":{"type":"INTEGER","description":"in cm"}},"required":["q"]}""")]
    [InlineData("""{"properties":{"q":{"type":"string"}}}""", """{"type":"OBJECT","properties":{"q":{"type":"STRING"}}}""")]
    [InlineData("""{"type":"OBJECT","nullable":true}""", """{"type":"OBJECT","nullable":true}""")]
    public void Form_of_a_value_becomes_the_services_own(string property, string expected)
    {
        Assert.True(LiveSchema.TryTranslate(With(property), out var parameters, out var fault), fault);
        var translated = parameters!.Value.GetProperty("properties").GetProperty("p");
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, translated), translated.ToString());
    }

    [Theory]
    [InlineData("true", "#/properties/p", "anything or nothing")]
    [InlineData("{}", "#/properties/p", "no type")]
    [InlineData("""{"type":"null"}""", "#/properties/p", "nothing but null")]
    [InlineData("""{"type":"date"}""", "#/properties/p", "'date'")]
    [InlineData("""{"type":"array"}""", "#/properties/p", "without 'items'")]
    [InlineData("""{"type":"array","items":{"not":{"type":"string"}}}""", "#/properties/p/items", "'not'")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"string"}]}""", "#/properties/p", "'prefixItems'")]
    [InlineData("""{"allOf":[{"type":"string"},{"minLength":2}]}""", "#/properties/p", "'allOf'")]
    [InlineData("""{"$ref":"#/$defs/tree"}""", "#/properties/p/properties/left", "contains itself")]
    [InlineData("""{"$ref":"https://example.com/schema.json"}""", "#/properties/p", "leads nowhere")]
    [InlineData("""{"type":"string","if":{"const":"x"},"then":{"minLength":2}}""", "#/properties/p", "'if'")]
    public void What_has_no_counterpart_is_refused_with_its_place_and_reason(string property, string place, string reason)
    {
        Assert.False(LiveSchema.TryTranslate(With(property), out var parameters, out var fault));
        Assert.Null(parameters);
        Assert.StartsWith($"{place}: ", fault, StringComparison.Ordinal);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"object"}""")]
    [InlineData("""{"type":"object","properties":{},"additionalProperties":false,"$schema":"https://json-schema.org/draft/2020-12/schema"}""")]
    public void Function_without_arguments_has_no_parameters(string schema)
    {
        Assert.True(LiveSchema.TryTranslate(JsonDocument.Parse(schema).RootElement, out var parameters, out _));
        Assert.Null(parameters);
    }

    [Fact]
    public void Arguments_that_are_no_object_are_refused()
    {
        Assert.False(LiveSchema.TryTranslate(JsonDocument.Parse("""{"type":"string"}""").RootElement, out _, out var fault));
        Assert.Equal("#: the arguments are no object", fault);
    }

    [Fact]
    public void References_that_multiply_are_bounded()
    {
        var defs = string.Join(',', Enumerable.Range(0, 12).Select(Threefold));
        var schema = $"{{\"type\":\"object\",\"properties\":{{\"p\":{Reference(0)}}},\"$defs\":{{{defs},\"d12\":{{\"type\":\"string\"}}}}}}";
        Assert.False(LiveSchema.TryTranslate(JsonDocument.Parse(schema).RootElement, out _, out var fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void Very_long_schema_is_refused()
    {
        Assert.False(LiveSchema.TryTranslate(With($$"""{"type":"string","description":"{{new string('x', 40_000)}}"}"""), out _, out var fault));
        Assert.Contains("longer than", fault, StringComparison.Ordinal);
    }

    private static string Reference(int number) => $"{{\"$ref\":\"#/$defs/d{number}\"}}";

    private static string Threefold(int number)
    {
        var next = Reference(number + 1);
        return $"\"d{number}\":{{\"type\":\"object\",\"properties\":{{\"a\":{next},\"b\":{next},\"c\":{next}}}}}";
    }

    private static JsonElement With(string property)
    {
        const string defs = """{"size":{"type":"integer","description":"in cm"},"tree":{"type":"object","properties":{"left":{"$ref":"#/$defs/tree"}}}}""";
        return JsonDocument.Parse($$"""{"type":"object","properties":{"p":{{property}}},"$defs":{{defs}}}""").RootElement;
    }
}
