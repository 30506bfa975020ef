using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Telephony.Sip.Identity.Stir;

/// <summary>JSON strings of <see cref="CompactForm"/>.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class CompactFormJson : JsonSerializerContext
{
    /// <summary>Escapes only what JSON itself demands.</summary>
    public static CompactFormJson Plain { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
