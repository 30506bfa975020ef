namespace GeminiLive.Configuration;

/// <summary>Checks where to connect and with what credentials.</summary>
internal static class PlaceChecks
{
    private const string TokenBeginning = "auth_tokens/";

    public static void Check(LiveTargetOptions place, FaultList faults)
    {
        faults.CheckName(nameof(place.Backend), place.Backend, "", Enum.GetNames<LiveBackend>());
        faults.Check(TargetResolver.TryAddress(place, out _), nameof(place.Endpoint), WithoutSecrets(place.Endpoint), "a ws:// or wss:// address without query, or nothing");
        // The values are not shown: they are secrets even when they are wrong.
        faults.Check(IsHeaderText(place.ApiKey), nameof(place.ApiKey), "***", "printable ASCII without blanks");
        if (TargetResolver.BackendOf(place) == LiveBackend.Vertex)
            CheckVertex(place, faults);
        else
            CheckDeveloperApi(place, faults);
    }

    private static void CheckDeveloperApi(LiveTargetOptions place, FaultList faults)
    {
        CheckVersion(place, faults, "v1beta", "v1alpha", "v1");
        var token = TargetResolver.Text(place.EphemeralToken);
        if (token is null)
            return;
        faults.Check(token.StartsWith(TokenBeginning, StringComparison.Ordinal) && IsHeaderText(token), nameof(place.EphemeralToken), "***",
            $"the whole name that 'voiceagent token' prints, {TokenBeginning}...");
        faults.Check(TargetResolver.VersionOf(place) == "v1alpha", nameof(place.ApiVersion), TargetResolver.VersionOf(place), "v1alpha, the only one that takes an ephemeral token");
    }

    private static void CheckVertex(LiveTargetOptions place, FaultList faults)
    {
        CheckVersion(place, faults, "v1beta1", "v1");
        if (TargetResolver.Text(place.EphemeralToken) is not null)
            faults.Refuse(nameof(place.EphemeralToken), "***", "ephemeral tokens exist on the Developer API only; leave it out");
        var isExpress = TargetResolver.Text(place.ApiKey) is not null;
        if (isExpress && TargetResolver.Text(place.Project) is not null)
            faults.Refuse(nameof(place.Project), place.Project, "a key on Vertex (express mode) knows its project; leave out either Project or ApiKey");
        if (!isExpress && TargetResolver.Text(place.Project) is null)
            faults.Refuse(nameof(place.Project), "", "Vertex needs the project's id; set it here or in GOOGLE_CLOUD_PROJECT");
        if (!isExpress && TargetResolver.Text(place.Location) is null)
            faults.Refuse(nameof(place.Location), "", "Vertex needs a region such as europe-west4, or global, us, eu; set it here or in GOOGLE_CLOUD_LOCATION");
        foreach (var (key, value) in new[] { (nameof(place.Project), place.Project), (nameof(place.Location), place.Location) })
            faults.Check(value is null || value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ':' or '.'), key, value, "letters, digits, '-'");
        if (TargetResolver.Text(place.CredentialsFile) is { } file)
            faults.Check(File.Exists(file), nameof(place.CredentialsFile), file, "a file that exists");
    }

    private static void CheckVersion(LiveTargetOptions place, FaultList faults, params string[] allowed)
    {
        faults.CheckName(nameof(place.ApiVersion), place.ApiVersion, "", allowed);
        if (TargetResolver.Text(place.ApiVersion) is { } said && LiveEndpoint.VersionIn(place.Endpoint) is { } used && said != used)
            faults.Refuse(nameof(place.ApiVersion), said, $"the path in Endpoint says {used}; leave one of them out");
    }

    private static bool IsHeaderText(string? value) => value is null || !value.Any(c => c is <= ' ' or >= (char)127);

    // A login or a key that was written into an address does not get into a log.
    private static string? WithoutSecrets(string? address) =>
        address is null ? null : address.Contains('@', StringComparison.Ordinal) ? "..." : address.Split('?') is [var place, _, ..] ? place + "?..." : address;
}
