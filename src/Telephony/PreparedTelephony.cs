using Telephony.Sip.UserAgents;

namespace Telephony;

/// <summary>Other settings of a running <see cref="TelephonyService"/>, tried out and ready to be taken into use.</summary>
/// <remarks>Immutable.</remarks>
public sealed class PreparedTelephony
{
    internal PreparedTelephony(TelephonyOptions options, UserAgentChange change) => (Options, Change) = (options, change);

    internal TelephonyOptions Options { get; }

    internal UserAgentChange Change { get; }
}
