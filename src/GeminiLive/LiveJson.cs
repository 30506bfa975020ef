using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace GeminiLive;

/// <summary>Types that are written by generated code.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class LiveJson : JsonSerializerContext;
