namespace Telephony.Sip.Identity.Stir;

/// <summary>What is done with signed caller identities (STIR, RFC 8224; SHAKEN, RFC 8588).</summary>
public sealed class StirOptions
{
    /// <summary>What stands in <see cref="AllowedHosts"/> for every public host.</summary>
    internal const string AnyHost = "*";

    /// <summary>Whether Identity headers are looked at, and how far.</summary>
    public StirMode Mode { get; init; } = StirMode.Parse;

    /// <summary>PEM file of the authorities whose certificates may sign, such as the list that the policy administrator of the country publishes; needed by <see cref="StirMode.Verify"/>.</summary>
    public string TrustedCaFile { get; init; } = "";

    /// <summary>Hosts that certificates are fetched from, <c>host</c> for port 443 or <c>host:port</c>; <c>*</c> for any with a public address, on port 443.
    /// Needed by <see cref="StirMode.Verify"/>: the token of any caller names the address, so whom this machine asks is the operator's choice.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Longest wait for a certificate that is not known yet; the call is offered without its verdict then. 100 ms to 5 s.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Country code for numbers without one, such as <c>1</c>, so that they can be compared; empty compares them as they are.</summary>
    public string CountryCode { get; init; } = "";
}

/// <summary>How far signed caller identities are looked at.</summary>
public enum StirMode
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>Time and numbers are compared; who signed is not.</summary>
    Parse,

    /// <summary>The signature is verified too, with the certificate that the token names.</summary>
    Verify,
}
