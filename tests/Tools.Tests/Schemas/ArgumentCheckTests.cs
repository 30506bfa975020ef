using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Tools.Schemas;

namespace Tools.Tests.Schemas;

public sealed class ArgumentCheckTests
{
    [Theory]
    [InlineData("""{"required":["a"]}""", """{}""", "Argument `a` is missing.")]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""", """{"a":"x"}""", "Argument `a` must be an integer, but is \"x\".")]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""", """{"a":3.5}""", "Argument `a` must be an integer, but is 3.5.")]
    [InlineData("""{"properties":{"a":{"type":["string","null"]}}}""", """{"a":[1]}""", "Argument `a` must be a string or null, but is an array.")]
    [InlineData("""{"properties":{"a":{"type":"OBJECT","properties":{"b":{"type":"BOOLEAN"}}}}}""", """{"a":{"b":1}}""", "Argument `a.b` must be a boolean, but is 1.")]
    [InlineData("""{"properties":{"a":{"items":{"type":"number"}}}}""", """{"a":[1,2.5,"z"]}""", "Argument `a[2]` must be a number, but is \"z\".")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"b":1}""", "Argument `b` does not exist. Arguments that exist: `a`.")]
    [InlineData("""{"additionalProperties":{"type":"integer"}}""", """{"b":"x"}""", "Argument `b` must be an integer, but is \"x\".")]
    [InlineData("""{"properties":{"a":{"enum":["s","m"]}}}""", """{"a":"l"}""", "Argument `a` must be one of \"s\", \"m\", but is \"l\".")]
    [InlineData("""{"properties":{"a":{"const":1}}}""", """{"a":2}""", "Argument `a` must be 1, but is 2.")]
    [InlineData("""{"properties":{"a":{"minimum":1}}}""", """{"a":0}""", "Argument `a` must be at least 1, but is 0.")]
    [InlineData("""{"properties":{"a":{"maximum":5}}}""", """{"a":5.5}""", "Argument `a` must be at most 5, but is 5.5.")]
    [InlineData("""{"properties":{"a":{"exclusiveMinimum":1}}}""", """{"a":1}""", "Argument `a` must be more than 1, but is 1.")]
    [InlineData("""{"properties":{"a":{"exclusiveMaximum":5}}}""", """{"a":5}""", "Argument `a` must be less than 5, but is 5.")]
    [InlineData("""{"properties":{"a":{"minLength":2}}}""", """{"a":"😀"}""", "Argument `a` must have at least 2 characters, but is \"😀\".")]
    [InlineData("""{"properties":{"a":{"maxLength":2}}}""", """{"a":"abc"}""", "Argument `a` must have at most 2 characters, but is \"abc\".")]
    [InlineData("""{"properties":{"a":{"pattern":"^\\d+$"}}}""", """{"a":"x1"}""", "Argument `a` must match the pattern \"^\\\\d+$\", but is \"x1\".")]
    [InlineData("""{"properties":{"a":{"minItems":1}}}""", """{"a":[]}""", "Argument `a` must have at least 1 items, but is an array.")]
    [InlineData("""{"properties":{"a":{"maxItems":1}}}""", """{"a":[1,2]}""", "Argument `a` must have at most 1 items, but is an array.")]
    [InlineData("""{"properties":{"a":{"anyOf":[{"type":"integer"},{"type":"boolean"}]}}}""", """{"a":"x"}""", "Argument `a` is \"x\", which fits none of its allowed forms.")]
    [InlineData("""{"properties":{"a":{"anyOf":[{"type":"integer"},{"type":"null"}]}}}""", """{"a":"x"}""", "Argument `a` must be an integer, but is \"x\".")]
    [InlineData("""{"properties":{"a":{"oneOf":[{"minimum":1},{"maximum":5}]}}}""", """{"a":3}""", "Argument `a` fits more than one of the forms that exclude each other.")]
    [InlineData("""{"properties":{"a":{"allOf":[{"type":"integer"},{"minimum":1}]}}}""", """{"a":0}""", "Argument `a` must be at least 1, but is 0.")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/size"}},"$defs":{"size":{"enum":["s"]}}}""", """{"a":"x"}""", "Argument `a` must be one of \"s\", but is \"x\".")]
    [InlineData("""{"properties":{"a":false}}""", """{"a":1}""", "Argument `a` is not allowed.")]
    [InlineData("""{"properties":{"a.b":{"type":"integer"}}}""", """{"a.b":"x"}""", "Argument `[\"a.b\"]` must be an integer, but is \"x\".")]
    [InlineData("""{"required":["a"],"properties":{"a":{"type":"string"}}}""", """{"a":null}""", "Argument `a` must be a string, but is null.")]
    public void Fault_names_the_argument_and_what_is_wrong(string schema, string arguments, string fault) =>
        Assert.Equal(fault, ArgumentCheck.Fault(Json(schema), Json(arguments)));

    [Theory]
    [InlineData("""{"type":"object"}""", "{}")]
    [InlineData("true", """{"a":1}""")]
    [InlineData("{}", """{"a":{"b":[1]}}""")]
    [InlineData("""{"properties":{"a":{"type":"string","nullable":true}}}""", """{"a":null}""")]
    [InlineData("""{"properties":{"a":{"format":"date","type":"string"}}}""", """{"a":"tomorrow"}""")]
    [InlineData("""{"properties":{"a":{"pattern":"("}}}""", """{"a":"x"}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#/nowhere"}}}""", """{"a":"x"}""")]
    [InlineData("""{"properties":{"a":{"$ref":"https://elsewhere/x.json"}}}""", """{"a":"x"}""")]
    [InlineData("""{"properties":{"a":{"enum":[1.0]}}}""", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{"maximum":1e400}}}""", """{"a":5}""")]
    [InlineData("""{"type":"object","properties":{"child":{"$ref":"#"}}}""", """{"child":{"child":{"child":{}}}}""")]
    public void What_fits_passes_unchanged(string schema, string arguments)
    {
        var check = ArgumentCheck.Check(Json(schema), Json(arguments));
        Assert.Null(check.Fault);
        Assert.Equal(arguments, check.Arguments.GetRawText());
    }

    [Theory]
    [InlineData("integer", "\"3\"", "3")]
    [InlineData("integer", "\" -3 \"", "-3")]
    [InlineData("integer", "3.0", "3")]
    [InlineData("integer", "1e2", "100")]
    [InlineData("number", "\"3.50\"", "3.50")]
    [InlineData("number", "\"4\"", "4")]
    [InlineData("boolean", "\"true\"", "true")]
    [InlineData("boolean", "\"False\"", "false")]
    [InlineData("string", "4711", "\"4711\"")]
    public void What_is_meant_clearly_is_put_right(string type, string given, string meant)
    {
        var check = ArgumentCheck.Check(Json("""{"properties":{"x":{"properties":{"a":{"type":"TYPE"}}}}}""".Replace("TYPE", type, StringComparison.Ordinal)), Json($$$"""{"x":{"a":{{{given}}},"b":"3"}}"""));
        Assert.Null(check.Fault);
        Assert.Equal($$$"""{"x":{"a":{{{meant}}},"b":"3"}}""", check.Arguments.GetRawText());
    }

    [Fact]
    public void Null_for_what_may_be_left_out_leaves_it_out()
    {
        var check = ArgumentCheck.Check(Json("""{"required":["a"],"properties":{"a":{"type":"string"},"b":{"type":"string"},"c":{"type":["string","null"]}}}"""), Json("""{"a":"x","b":null,"c":null}"""));
        Assert.Null(check.Fault);
        Assert.Equal("""{"a":"x","c":null}""", check.Arguments.GetRawText());
    }

    [Fact]
    public void What_fits_as_it_is_wins_over_what_fits_when_read_leniently()
    {
        var schema = Json("""{"properties":{"a":{"anyOf":[{"type":"integer"},{"type":"string"}]},"b":{"oneOf":[{"type":"integer"},{"type":"boolean"}]}}}""");
        var check = ArgumentCheck.Check(schema, Json("""{"a":"3","b":"3"}"""));
        Assert.Null(check.Fault);
        Assert.Equal("""{"a":"3","b":3}""", check.Arguments.GetRawText());
    }

    [Fact]
    public void Few_faults_are_told_at_once()
    {
        var fault = ArgumentCheck.Fault(Json("""{"required":["a","b","c","d","e"]}"""), Json("{}"));
        Assert.Equal("Argument `a` is missing. Argument `b` is missing. Argument `c` is missing.", fault);
    }

    [Fact]
    public void Hostile_schemas_and_arguments_cost_a_bounded_time()
    {
        var loop = Json("""{"anyOf":[{"$ref":"#"},{"$ref":"#"}],"type":"integer"}""");
        Assert.Contains("cannot", ArgumentCheck.Fault(Json("""{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}"""), Json("{}"))?.Replace("fits none", "cannot", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.NotNull(ArgumentCheck.Fault(loop, Json("{}")));
        var pattern = Json("""{"properties":{"a":{"pattern":"^(a+)+$"}}}""");
        Assert.Contains("in time", ArgumentCheck.Fault(pattern, Json($$"""{"a":"{{new string('a', 60)}}!"}""")), StringComparison.Ordinal);
        var wide = Json("""{"properties":{"a":{"items":{"type":"integer"}}}}""");
        Assert.Contains("too large", ArgumentCheck.Fault(wide, Json($$"""{"a":[{{string.Join(',', Enumerable.Repeat("1", 30_000))}}]}""")), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_schema_and_any_arguments_give_an_answer()
    {
        var atom = Gen.Elements("1", "0", "-2.5", "1e99", "\"3\"", "\"x\"", "null", "true", "[]", "{}", "\"integer\"", "\"#\"", "[\"a\"]", "[{\"type\":\"string\"}]", "{\"type\":\"integer\"}");
        var key = Gen.Elements("type", "properties", "required", "items", "enum", "const", "minimum", "maxLength", "minItems", "pattern", "anyOf", "oneOf", "allOf", "$ref", "additionalProperties", "nullable", "a");
        Gen<string> Value(int depth) => depth == 0 ? atom : Gen.OneOf(atom, Object(depth - 1), Value(depth - 1).ListOf(2).Select(items => $"[{string.Join(',', items)}]"));
        Gen<string> Object(int depth) => key.Zip(Value(depth), (name, value) => $"\"{name}\":{value}").ListOf(3).Select(properties => $"{{{string.Join(',', properties)}}}");
        var cases = Object(3).Zip(Object(2), (schema, arguments) => (schema, arguments)).ToArbitrary();
        Prop.ForAll(cases, pair =>
        {
            var check = ArgumentCheck.Check(Json(pair.schema), Json(pair.arguments));
            // What was put right is right.
            Assert.True(check.Fault is not null || ArgumentCheck.Fault(Json(pair.schema), check.Arguments) is null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static JsonElement Json(string json) => JsonElement.Parse(json);
}
