using Microsoft.Extensions.Options;

namespace GeminiLive;

/// <summary>Refuses a bad <see cref="LiveOptions"/> at start, naming the key, its value and what is allowed.</summary>
internal sealed class LiveOptionsValidator : IValidateOptions<LiveOptions>
{
    public ValidateOptionsResult Validate(string? name, LiveOptions options)
    {
        var faults = new List<string>();
        CheckService(options, faults);
        CheckActivityDetection(options.ActivityDetection, faults);
        CheckTimes(options, faults);
        CheckSizes(options, faults);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void CheckService(LiveOptions options, List<string> faults)
    {
        Check(faults, LiveEndpoint.TryResolve(options.Endpoint, out _), nameof(options.Endpoint), options.Endpoint,
            "a ws:// or wss:// address without query");
        Check(faults, LiveModelProfile.IsModelId(options.Model), nameof(options.Model), options.Model, "a model id such as gemini-3.8-live");
        Check(faults, LiveVoices.All.Contains(options.Voice), nameof(options.Voice), options.Voice, string.Join(", ", LiveVoices.All));
        // The value is not shown: it is a secret even when it is wrong.
        Check(faults, options.ApiKey is null || !options.ApiKey.Any(c => c is <= ' ' or >= (char)127), nameof(options.ApiKey), "***", "printable ASCII without blanks");
    }

    private static void CheckActivityDetection(ActivityDetectionOptions options, List<string> faults)
    {
        const string Group = nameof(LiveOptions.ActivityDetection) + ":";
        Check(faults, IsSensitivity(options.StartSensitivity), Group + nameof(options.StartSensitivity), options.StartSensitivity, "HIGH, LOW");
        Check(faults, IsSensitivity(options.EndSensitivity), Group + nameof(options.EndSensitivity), options.EndSensitivity, "HIGH, LOW");
        CheckRange(faults, Group + nameof(options.PrefixPaddingMs), options.PrefixPaddingMs ?? 0, 0, 2_000);
        CheckRange(faults, Group + nameof(options.SilenceDurationMs), options.SilenceDurationMs ?? 0, 0, 10_000);
    }

    private static void CheckTimes(LiveOptions options, List<string> faults)
    {
        CheckRange(faults, nameof(options.GreetingGuard), options.GreetingGuard, 0, 10);
        CheckRange(faults, nameof(options.ConnectTimeout), options.ConnectTimeout, 0.1, 60);
        CheckRange(faults, nameof(options.SetupTimeout), options.SetupTimeout, 0.1, 60);
        CheckRange(faults, nameof(options.TurnTimeout), options.TurnTimeout, 1, 120);
        CheckRange(faults, nameof(options.StaleAudioQuiet), options.StaleAudioQuiet, 0.1, 5);
        CheckRange(faults, nameof(options.GoAwayMargin), options.GoAwayMargin, 0, 60);
        CheckRange(faults, nameof(options.FirstBackoff), options.FirstBackoff, 0.05, 10);
        CheckRange(faults, nameof(options.MaxBackoff), options.MaxBackoff, options.FirstBackoff.TotalSeconds, 60);
        CheckRange(faults, nameof(options.FallbackAfter), options.FallbackAfter, 0.1, 60);
        CheckRange(faults, nameof(options.ReconnectBudget), options.ReconnectBudget, 1, 600);
        CheckRange(faults, nameof(options.PlayoutLimit), options.PlayoutLimit, 60, 1_800);
    }

    private static void CheckSizes(LiveOptions options, List<string> faults)
    {
        Check(faults, options.AudioChunkMs is >= 20 and <= 100 && options.AudioChunkMs % 20 == 0, nameof(options.AudioChunkMs), options.AudioChunkMs, "20, 40, 60, 80, 100");
        CheckRange(faults, nameof(options.CompressionTriggerTokens), options.CompressionTriggerTokens, 1_000, 131_072);
        CheckRange(faults, nameof(options.CompressionTargetTokens), options.CompressionTargetTokens, 500, options.CompressionTriggerTokens - 1);
        CheckRange(faults, nameof(options.MaxMessageBytes), options.MaxMessageBytes, 1 << 20, 1 << 28);
    }

    private static bool IsSensitivity(string? value) => value is null or "HIGH" or "LOW";

    private static void CheckRange(List<string> faults, string key, int value, int low, int high) =>
        Check(faults, value >= low && value <= high, key, value, $"{low} to {high}");

    private static void CheckRange(List<string> faults, string key, TimeSpan value, double lowSeconds, double highSeconds) =>
        Check(faults, value >= TimeSpan.FromSeconds(lowSeconds) && value <= TimeSpan.FromSeconds(highSeconds), key, value,
            $"{TimeSpan.FromSeconds(lowSeconds)} to {TimeSpan.FromSeconds(highSeconds)}");

    private static void Check(List<string> faults, bool isGood, string key, object? value, string allowed)
    {
        if (!isGood)
            faults.Add($"{LiveOptions.Section}:{key} is '{value}'; allowed: {allowed}.");
    }
}
