using Microsoft.Extensions.Options;

namespace GeminiLive.Configuration;

/// <summary>Refuses a bad <see cref="LiveOptions"/> at start: every fault with key, value, and what is allowed, for the section itself and each fallback.</summary>
internal sealed class LiveOptionsValidator : IValidateOptions<LiveOptions>
{
    public ValidateOptionsResult Validate(string? name, LiveOptions options)
    {
        var faults = new FaultList(LiveOptions.Section);
        PlaceChecks.Check(options, faults);
        SettingsChecks.Check(options, faults);
        SettingsChecks.CheckModel(LiveOptions.Section, options, options, options, new ModelProfiles(options.Profiles), faults);
        CheckTimes(options, faults);
        CheckSizes(options, faults);
        ProfileChecks.Check(options.Profiles, faults.Below(nameof(options.Profiles)));
        foreach (var (model, price) in options.Prices)
            CheckPrice(price, faults.Below($"{nameof(options.Prices)}:{model}"));
        for (var i = 0; i < options.Fallbacks.Count; i++)
            CheckFallback(options, options.Fallbacks[i], i, faults.Below($"{nameof(options.Fallbacks)}:{i}"));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void CheckFallback(LiveOptions options, LiveFallbackOptions fallback, int index, FaultList faults)
    {
        var place = TargetResolver.Place(fallback, options);
        faults.CheckName(nameof(fallback.Backend), fallback.Backend, "", Enum.GetNames<LiveBackend>());
        // What it takes over is told where it stands.
        if (TargetResolver.NamesPlace(fallback))
            PlaceChecks.Check(place, faults);
        SettingsChecks.Check(fallback, faults);
        // Only what it says itself: what it takes over is left out where its model does not have it.
        var own = new LiveSessionSettings { Model = TargetResolver.Text(fallback.Model) ?? options.Model };
        SettingsChecks.CheckModel(TargetResolver.FallbackName(index), fallback.Over(own), fallback, place, new ModelProfiles(options.Profiles), faults);
    }

    private static void CheckPrice(LivePrice price, FaultList faults)
    {
        const int Most = 100_000;
        faults.CheckRange(nameof(price.TextIn), (double)price.TextIn, 0, Most);
        faults.CheckRange(nameof(price.AudioIn), (double)price.AudioIn, 0, Most);
        faults.CheckRange(nameof(price.TextOut), (double)price.TextOut, 0, Most);
        faults.CheckRange(nameof(price.AudioOut), (double)price.AudioOut, 0, Most);
    }

    private static void CheckTimes(LiveOptions options, FaultList faults)
    {
        faults.CheckRange(nameof(options.GreetingGuard), options.GreetingGuard, 0, 10);
        faults.CheckRange(nameof(options.ConnectTimeout), options.ConnectTimeout, 0.1, 60);
        faults.CheckRange(nameof(options.SetupTimeout), options.SetupTimeout, 0.1, 60);
        faults.CheckRange(nameof(options.TurnTimeout), options.TurnTimeout, 1, 120);
        faults.CheckRange(nameof(options.SignTimeout), options.SignTimeout, 1, 60);
        faults.CheckRange(nameof(options.TurnEndTimeout), options.TurnEndTimeout, 5, 600);
        faults.CheckRange(nameof(options.StaleAudioQuiet), options.StaleAudioQuiet, 0.1, 5);
        faults.CheckRange(nameof(options.GoAwayMargin), options.GoAwayMargin, 0, 60);
        faults.CheckRange(nameof(options.FirstBackoff), options.FirstBackoff, 0.05, 10);
        faults.CheckRange(nameof(options.MaxBackoff), options.MaxBackoff, options.FirstBackoff.TotalSeconds, 60);
        faults.CheckRange(nameof(options.KeepAliveInterval), options.KeepAliveInterval, 1, 600);
        faults.CheckRange(nameof(options.KeepAliveTimeout), options.KeepAliveTimeout, 35, 600);
        faults.CheckRange(nameof(options.WarmMaxAge), options.WarmMaxAge, 1, 140);
        faults.CheckRange(nameof(options.AudioPairsFrom), options.AudioPairsFrom, 0, 100_000);
        faults.CheckRange(nameof(options.WarmConnections), options.WarmConnections, 0, 100);
        faults.CheckRange(nameof(options.FallbackAfter), options.FallbackAfter, 0.1, 60);
        faults.CheckRange(nameof(options.ReconnectBudget), options.ReconnectBudget, 1, 600);
        faults.CheckRange(nameof(options.PlayoutLimit), options.PlayoutLimit, 60, 1_800);
    }

    private static void CheckSizes(LiveOptions options, FaultList faults)
    {
        faults.Check(options.AudioChunkMs is >= 20 and <= 100 && options.AudioChunkMs % 20 == 0, nameof(options.AudioChunkMs), options.AudioChunkMs, "20, 40, 60, 80, 100");
        faults.CheckRange(nameof(options.MaxMessageBytes), options.MaxMessageBytes, 1 << 20, LiveOptions.LargestMessageBytes);
    }
}
