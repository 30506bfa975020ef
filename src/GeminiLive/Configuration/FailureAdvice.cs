namespace GeminiLive.Configuration;

/// <summary>What a session that did not come about means for the person who configured it, and what to change: the words of <c>voiceagent check</c>.</summary>
internal static class FailureAdvice
{
    // Words of the service, which tell more than its codes; the first row that fits counts.
    private static readonly (string Words, string Advice)[] Rows =
    [
        ("API key", "the API key is not accepted: check GEMINI_API_KEY or ApiKey, and that the key is not restricted to other services"),
        ("unregistered callers", "no API key was sent: set GEMINI_API_KEY or ApiKey"),
        ("Token has expired", "the ephemeral token has expired: mint another with 'voiceagent token', perhaps with --expires and --new-session-expires"),
        ("Token has been used", "the ephemeral token has started all sessions that it is good for: mint another with 'voiceagent token --uses'"),
        ("usable Google Cloud credentials", "nobody is signed in to Google Cloud on this machine: do what the words below say"),
        ("gave no access token", "Google Cloud refuses the sign-in: check the account and do what the words below say"),
        ("token service was not reached", "Google Cloud's sign-in was not reached: check the network and its proxy"),
        ("location is not supported", "the service refuses this country: use Vertex with a Location that serves the model"),
        ("for API version", "the model does not exist for this service and version: check Model, ApiVersion and Backend"),
        ("Publisher Model", "the model does not exist in this project and region: check Model, Project and Location"),
        ("voice", "the voice does not exist for this model: check Voice"),
        ("language code", "the language code is not taken: leave LanguageCode out and name the language in the instructions"),
        ("non-audio", "the model speaks only: set ResponseModality to AUDIO"),
        ("thinking", "the thinking settings do not fit the model: check Thinking, and what Live:Profiles says of it"),
        ("proactiv", "the model does not take ProactiveAudio: leave it out"),
        ("enableAffectiveDialog", "the model does not take AffectiveDialog here: leave it out, or use ApiVersion v1alpha with 2.5"),
        ("vocabulary", "the model takes no CustomVocabulary: leave it empty"),
        ("transcription", "the model takes no settings of transcription: leave LanguageCodes and CustomVocabulary empty"),
        ("Tool ", "a tool is not supported by the model: check GoogleSearch, CodeExecution, UrlContext"),
        ("behavior", "a function's behavior is not supported by the model: check what Live:Profiles says of it"),
        ("Unknown name", "the service does not know a field that was sent: check what Live:Profiles says of the model"),
        ("invalid authentication", "the sign-in is not accepted: check the Google Cloud credentials and the project's permissions"),
        ("quota", "the quota is spent: wait, raise it, or configure a fallback with another key or region"),
        ("RESOURCE_EXHAUSTED", "too many sessions at once: wait, raise the quota, or configure a fallback with another key or region"),
        ("permission", "the account may not use this: check the key's project, its billing and the API's activation"),
        ("billing", "the account may not use this: check the project's billing"),
    ];

    /// <summary>Meaning and remedy, a sentence without full stop.</summary>
    public static string Of(LiveFailure failure, LiveTarget target)
    {
        var known = Array.Find(Rows, row => failure.Detail.Contains(row.Words, StringComparison.OrdinalIgnoreCase)).Advice;
        return failure.Kind switch
        {
            LiveFailureKind.SetupTimedOut => "the service never answered the setup: some models do that on a setting that they do not have, "
                + "such as 3.1 on AffectiveDialog or ProactiveAudio; leave settings out one by one, or raise SetupTimeout",
            LiveFailureKind.Unreachable when failure.Code is null && known is null => $"{target.Endpoint.Authority} was not reached: check Endpoint, the network and its proxy",
            _ => known ?? ByCode(failure),
        };
    }

    private static string ByCode(LiveFailure failure) => failure.Code switch
    {
        null => "there was no close frame to tell why: check Endpoint and the credentials",
        400 => "the service does not take the request: check Endpoint, ApiVersion and the credentials",
        401 or 403 => "the credentials are not accepted: check the key or the sign-in, and that the API is switched on in its project",
        404 => "there is no such address: check Endpoint and ApiVersion",
        429 => "the quota is spent: wait, raise it, or configure a fallback with another key or region",
        1007 => "the service does not take the setup: compare the settings with docs/live-api.md for this model",
        1008 => "the service does not allow this: check Model, the account and its permissions",
        _ => "the service cannot serve now: try again later",
    };
}
