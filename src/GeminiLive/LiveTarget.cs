using System.Text.Json;
using GeminiLive.Configuration;
using GeminiLive.Credentials;
using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>One place where a session can be had: address, model and what it can do there, credentials.</summary>
/// <remarks>Immutable; shared by the sessions of an agent. The first of a session's targets is the configured one, the others are <c>Live:Fallbacks</c> in order.</remarks>
public sealed record LiveTarget
{
    internal LiveTarget(string name, Uri endpoint, string model, string modelResource, LiveModelProfile profile, ILiveCredentials credentials)
    {
        (Name, Endpoint, Model, ModelResource) = (name, endpoint, model, modelResource);
        (Profile, Credentials) = (profile, credentials);
    }

    /// <summary>Where it stands in the configuration: <c>Live</c>, <c>Live:Fallbacks:0</c>, ...</summary>
    public string Name { get; }

    /// <summary>Whole WebSocket address, without credentials.</summary>
    public Uri Endpoint { get; }

    /// <summary>Who serves it.</summary>
    public LiveBackend Backend { get; init; }

    /// <summary>Version in the address.</summary>
    public string ApiVersion { get; init; } = "v1beta";

    /// <summary>Model id, without anything in front.</summary>
    public string Model { get; }

    /// <summary>What the model can do there.</summary>
    public LiveModelProfile Profile { get; init; }

    /// <summary>The model as the setup names it.</summary>
    internal string ModelResource { get; }

    /// <summary>Asked before every connection.</summary>
    internal ILiveCredentials Credentials { get; init; }

    /// <summary>What a fallback says of the session itself; null for the first target.</summary>
    internal LiveSessionSettings? Overrides { get; init; }

    /// <summary>Keys of settings that are left out here, since a fallback's model does not have what the session asks for.</summary>
    public IReadOnlyList<string> LeftOut(LiveSessionConfig config) =>
        Overrides is null ? [] : [.. SettingRules.Faults(Overrides.Over(config.Settings), Profile).Select(fault => fault.Key)];

    /// <summary>Names of the fields that a session's setup has here, those of <c>generationConfig</c> in parentheses; never their values.</summary>
    public IReadOnlyList<string> SetupFields(LiveSessionConfig config)
    {
        using var message = JsonDocument.Parse(SetupMessage.Write(config, this, handle: null));
        return [.. message.RootElement.GetProperty("setup").EnumerateObject().Select(field =>
            field.NameEquals("generationConfig"u8) ? $"{field.Name} ({string.Join(", ", field.Value.EnumerateObject().Select(inner => inner.Name))})" : field.Name)];
    }

    /// <summary>What is asked of a session here: the session's wishes, and on a fallback its own, without what this model does not have.</summary>
    internal LiveSessionSettings SettingsFor(LiveSessionSettings wishes) =>
        Overrides is null ? wishes : SettingRules.WithoutIllegal(Overrides.Over(wishes), Profile);
}

/// <summary>Who serves a model.</summary>
public enum LiveBackend
{
    /// <summary>Gemini Developer API.</summary>
    DeveloperApi,

    /// <summary>Vertex AI.</summary>
    Vertex,
}
