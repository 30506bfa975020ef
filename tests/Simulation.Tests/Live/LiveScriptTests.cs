using System.Text.RegularExpressions;
using Simulation.Live;
using Simulation.Live.Scripts;
using Simulation.Prompts;

namespace Simulation.Tests.Live;

/// <summary>Reading scripts: what is wrong is named by place and key.</summary>
public sealed class LiveScriptTests
{
    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "script: \"sessions\" is missing")]
    [InlineData("""{ "sessions": [] }""", "\"sessions\" must hold at least one session")]
    [InlineData("""{ "sessions": {} }""", "script: \"sessions\" is {}; it must be a list")]
    [InlineData("""{ "sessions": [ { "steps": [] } ], "loop": 1 }""", "script: unknown key \"loop\"; known here: name, sessionsPer, sessions")]
    [InlineData("""{ "sessionsPer": "call", "sessions": [ { "steps": [] } ] }""", "\"sessionsPer\" is \"call\"; it must be one of server, conversation")]
    [InlineData("""{ "sessions": [ { "step": [] } ] }""", "sessions[0]: \"steps\" is missing")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "shout" } ] } ] }""", "sessions[0].steps[0] (shout): \"do\" is \"shout\"; it must be one of")]
    [InlineData("""{ "sessions": [ { "steps": [ { "prompt": "greeting" } ] } ] }""", "sessions[0].steps[0]: \"do\" is missing")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "abort" }, { "do": "say", "promt": "greeting" } ] } ] }""", "sessions[0].steps[1] (say): exactly one of")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "say", "prompt": "greeting", "loud": true } ] } ] }""", "sessions[0].steps[0] (say): unknown key \"loud\"; known here: do, until")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "say", "prompt": "hello" } ] } ] }""", "\"prompt\" is \"hello\"; it must be one of greeting,")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "say", "tone": { "hz": 440, "ms": 100, "db": 1 } } ] } ] }""", "(say).tone: unknown key \"db\"")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "say", "wav": "missing.wav" } ] } ] }""", "(say): \"wav\": ")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "stall", "ms": 0 } ] } ] }""", "(stall): \"ms\" is 0; it must be a whole number from 1 to 3600000")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "close", "code": 1006 } ] } ] }""", "(close): \"code\" is 1006, which no close frame may carry")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "garbage" } ] } ] }""", "exactly one of \"text\", \"base64\"")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "garbage", "base64": "*" } ] } ] }""", "\"base64\" is not base64")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "interrupt" }, { "do": "repeat" } ] } ] }""", "steps[1] (repeat): without \"times\" a step in between must wait")]
    [InlineData("""{ "sessions": [ { "steps": [ { "do": "repeat", "from": 0 } ] } ] }""", "must name an earlier step")]
    public void Fault_is_named_by_place_and_key(string json, string expected)
    {
        Assert.False(LiveScript.TryParse(json, ".", out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_is_not_there_is_an_error_with_its_path()
    {
        Assert.False(LiveScript.TryLoad("no/such/script.json", out _, out var error));
        Assert.StartsWith("no/such/script.json: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Documented_example_is_sound_and_every_step_and_prompt_is_documented()
    {
        var document = File.ReadAllText(FindDocument());
        var example = Regex.Match(document, "```json\n(.*?)```", RegexOptions.Singleline | RegexOptions.NonBacktracking).Groups[1].Value;
        Assert.True(LiveScript.TryParse(example, ".", out var script, out var error), error);
        Assert.Equal("tool, barge-in, lost connection", script.Name);
        foreach (var verb in StepCatalog.Verbs)
            Assert.Contains($"| `{verb}` |", document, StringComparison.Ordinal);
        foreach (var prompt in PromptLibrary.All)
            Assert.Contains($"`{prompt.Name}`", document, StringComparison.Ordinal);
    }

    private static string FindDocument()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "docs", "simulation.md")))
            directory = directory.Parent;
        return Path.Combine(directory.FullName, "docs", "simulation.md");
    }
}
