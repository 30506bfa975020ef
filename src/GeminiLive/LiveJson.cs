using System.Text.Json.Serialization;

namespace GeminiLive;

/// <summary>Types that are written by generated code.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class LiveJson : JsonSerializerContext;
