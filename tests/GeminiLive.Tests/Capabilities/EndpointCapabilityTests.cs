using System.Text.Json;
using GeminiLive.Credentials;
using Microsoft.Extensions.Configuration;
using Simulation.Live;

namespace GeminiLive.Tests.Capabilities;

/// <summary>Where a session is had and who asks for it: both backends, every kind of credentials, and the fallbacks.</summary>
public sealed class EndpointCapabilityTests
{
    private const string Vertex = """{ "Live": { "Backend": "Vertex", "Project": "my-project", "Location": "us-central1" } }""";

    [Theory]
    [InlineData("{}", "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", "models/gemini-3.8-live")]
    [InlineData("""{ "ApiVersion": "v1alpha", "Model": "models/gemini-3.8-live" }""",
        "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent", "models/gemini-3.8-live")]
    [InlineData("""{ "EphemeralToken": "auth_tokens/x" }""",
        "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained", "models/gemini-3.8-live")]
    [InlineData("""{ "Backend": "Vertex", "Project": "p", "Location": "europe-west4" }""",
        "wss://europe-west4-aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
        "projects/p/locations/europe-west4/publishers/google/models/gemini-3.8-live")]
    [InlineData("""{ "Backend": "Vertex", "Project": "p", "Location": "global", "ApiVersion": "v1" }""",
        "wss://aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent",
        "projects/p/locations/global/publishers/google/models/gemini-3.8-live")]
    [InlineData("""{ "Backend": "Vertex", "Project": "p", "Location": "eu" }""",
        "wss://aiplatform.eu.rep.googleapis.com/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
        "projects/p/locations/eu/publishers/google/models/gemini-3.8-live")]
    [InlineData("""{ "Backend": "Vertex", "ApiKey": "express" }""",
        "wss://aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent", "publishers/google/models/gemini-3.8-live")]
    public void Address_and_model_name_follow_from_the_backend(string live, string address, string model)
    {
        var target = Targets($$"""{ "Live": {{live}} }""")[0];
        Assert.Equal((address, model), (target.Endpoint.AbsoluteUri, target.ModelResource));
    }

    [Fact]
    public async Task Key_goes_in_a_header_and_a_wrong_one_is_refused()
    {
        await using var good = await CapabilityRig.StartAsync("""{ "Live": { "ApiKey": "secret" } }""", new SimulatedLiveOptions { ApiKey = "secret" });
        Assert.True((await good.TryConnectAsync()).IsReady);
        Assert.Equal("", good.Factory.Configure().Targets[0].Endpoint.Query);
        await using var bad = await CapabilityRig.StartAsync("""{ "Live": { "ApiKey": "wrong" } }""", new SimulatedLiveOptions { ApiKey = "secret" });
        Assert.Equal(LiveFailureKind.Refused, (await bad.TryConnectAsync()).Failure?.Kind);
    }

    [Fact]
    public async Task Vertex_gets_a_fresh_access_token_for_every_connection()
    {
        var signIn = new FakeSignIn();
        await using var rig = await CapabilityRig.StartAsync(Vertex, new SimulatedLiveOptions { BearerToken = "token-1" }, _ => signIn);
        var setup = await rig.ConnectAsync();
        Assert.Equal("projects/my-project/locations/us-central1/publishers/google/models/gemini-3.8-live", setup.GetProperty("model").GetString());
        Assert.Equal(401, (await rig.TryConnectAsync()).Failure?.Code);   // token-2
        Assert.InRange(signIn.Tokens, 2, 3);
    }

    [Fact]
    public async Task Failed_sign_in_is_told_and_nothing_is_connected()
    {
        var failure = new LiveFailure(LiveFailureKind.Refused, Code: null, "there are no usable Google Cloud credentials");
        await using var rig = await CapabilityRig.StartAsync(Vertex, signIn: _ => new FailingSignIn(failure));
        Assert.Equal(failure, (await rig.TryConnectAsync()).Failure);
        Assert.Equal(0, rig.Server.ConnectionAttempts);
    }

    [Fact]
    public async Task Ephemeral_token_connects_as_often_as_it_may()
    {
        await using var service = await SimulatedLive.StartAsync(new SimulatedLiveOptions(), TimeProvider.System);
        using var minted = JsonDocument.Parse(service.CreateToken("{}", "k").Body);
        var live = $$"""{ "Live": { "EphemeralToken": "{{minted.RootElement.GetProperty("name").GetString()}}" } }""";
        await using var rig = CapabilityRig.On(service, live);
        Assert.True((await rig.TryConnectAsync()).IsReady);
        var second = (await rig.TryConnectAsync()).Failure!;
        Assert.Equal((LiveFailureKind.Refused, "Token has been used too many times."), (second.Kind, second.Detail));
    }

    [Fact]
    public async Task Fallback_takes_over_what_it_does_not_say_and_credentials_only_from_the_same_backend()
    {
        var targets = Targets("""
            { "Live": { "ApiKey": "first", "Model": "gemini-3.8-live-extended-thinking", "Thinking": { "Level": "HIGH" }, "Fallbacks": [
              { "Model": "gemini-3.8-live" },
              { "ApiKey": "second", "Endpoint": "wss://example.org", "Voice": "Puck" },
              { "Backend": "Vertex", "Project": "p", "Location": "us", "Model": "gemini-live-2.5-flash-native-audio", "Thinking": { "Budget": 0 } } ] } }
            """);
        Assert.Equal(["Live", "Live:Fallbacks:0", "Live:Fallbacks:1", "Live:Fallbacks:2"], targets.Select(target => target.Name));
        Assert.Equal(["first", "first", "second", ""], await Task.WhenAll(targets.Select(KeyAsync)));
        Assert.Equal(["generativelanguage.googleapis.com", "generativelanguage.googleapis.com", "example.org", "aiplatform.us.rep.googleapis.com"], targets.Select(t => t.Endpoint.Host));
        var wishes = new LiveSessionSettings { Voice = "Kore", Thinking = new() { Level = "HIGH" } };
        Assert.Equal([("Kore", "HIGH", null), ("Kore", null, null), ("Puck", "HIGH", null), ("Kore", null, 0)],
            targets.Select(target => target.SettingsFor(wishes)).Select(s => (s.Voice, s.Thinking.Level, s.Thinking.Budget)));
    }

    [Theory]
    [InlineData("""{ "Backend": "Vertex", "ApiKey": "first", "Fallbacks": [ { "Project": "p", "Location": "us" } ] }""", "", "projects/p/locations/us/publishers/google/models/gemini-3.8-live")]
    [InlineData("""{ "Backend": "Vertex", "Project": "p", "Location": "us", "Fallbacks": [ { "ApiKey": "second" } ] }""", "second", "publishers/google/models/gemini-3.8-live")]
    [InlineData("""{ "Backend": "Vertex", "Project": "p", "Location": "us", "Model": "projects/p/locations/us/publishers/google/models/gemini-3.8-live", "Fallbacks": [ { "Backend": "DeveloperApi", "ApiKey": "dev" } ] }""",
        "dev", "models/gemini-3.8-live")]
    public async Task Fallback_is_no_mixture_of_two_ways_to_sign_in_and_names_the_model_in_its_own_way(string live, string key, string model)
    {
        var fallback = Targets($$"""{ "Live": {{live}} }""")[1];
        Assert.Equal((key, model), (await KeyAsync(fallback), fallback.ModelResource));
    }

    [Theory]
    [InlineData("""{ "Backend": "Vertex", "Location": "us" }""", "Live:Project is ''; Vertex needs the project's id; set it here or in GOOGLE_CLOUD_PROJECT.")]
    [InlineData("""{ "Backend": "Vertex", "Project": "p" }""", "Live:Location is ''; Vertex needs a region")]
    [InlineData("""{ "Backend": "Vertex", "Project": "p", "Location": "us", "ApiKey": "k" }""", "Live:Project is 'p'; a key on Vertex (express mode) knows its project")]
    [InlineData("""{ "Backend": "Vertex", "Project": "p", "Location": "us", "EphemeralToken": "auth_tokens/x" }""", "ephemeral tokens exist on the Developer API only")]
    [InlineData("""{ "Backend": "Vertex", "Project": "p", "Location": "us", "CredentialsFile": "/nowhere.json" }""", "Live:CredentialsFile is '/nowhere.json'; allowed: a file that exists.")]
    [InlineData("""{ "EphemeralToken": "auth_tokens/x", "ApiVersion": "v1beta" }""", "Live:ApiVersion is 'v1beta'; allowed: v1alpha, the only one that takes an ephemeral token.")]
    [InlineData("""{ "ApiVersion": "v1alpha", "Endpoint": "wss://h/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent" }""",
        "Live:ApiVersion is 'v1alpha'; the path in Endpoint says v1beta; leave one of them out.")]
    public void Place_that_cannot_work_is_refused_at_start(string live, string said) =>
        Assert.Contains(said, Assert.Single(CapabilityRig.Refusals($$"""{ "Live": {{live}} }""")), StringComparison.Ordinal);

    [Fact]
    public void Environment_completes_what_is_not_configured()
    {
        var read = LiveSetup.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Live:Backend"] = "Vertex",
            ["GOOGLE_CLOUD_PROJECT"] = "p",
            ["GOOGLE_CLOUD_LOCATION"] = "us",
            ["GEMINI_API_KEY"] = "k",
            ["Live:Fallbacks:0:Backend"] = "DeveloperApi",
        }).Build());
        Assert.Equal(("p", "us", null, "k"), (read.Project, read.Location, read.ApiKey, read.Fallbacks[0].ApiKey));
    }

    private static IReadOnlyList<LiveTarget> Targets(string json) => CapabilityRig.FactoryOf(json).Configure().Targets;

    private static async Task<string> KeyAsync(LiveTarget target) =>
        await target.Credentials.GetAsync(CancellationToken.None) is { Header: "x-goog-api-key" } credential ? credential.Value! : "";

    private sealed class FailingSignIn(LiveFailure failure) : ILiveCredentials
    {
        public ValueTask<LiveCredential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new LiveCredential(Header: null, Value: null, failure));
    }
}
