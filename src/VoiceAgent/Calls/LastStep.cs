using System.Text.Json.Serialization;

namespace VoiceAgent.Calls;

/// <summary>What becomes of a caller after the apology.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LastStep>))]
public enum LastStep
{
    /// <summary>We hang up.</summary>
    HangUp,

    /// <summary>The caller's device is asked to call <see cref="CallOptions.TransferTarget"/> (REFER); if it does not, we hang up.</summary>
    Transfer,
}
