namespace GeminiLive.Configuration;

/// <summary>Checks what is asked of a session: each value by itself, and all of them against what the model has.</summary>
internal static class SettingsChecks
{
    /// <summary>Values that no model would take.</summary>
    public static void Check(LiveSessionSettings settings, FaultList faults)
    {
        faults.CheckRange(nameof(settings.Temperature), settings.Temperature, 0, 2);
        faults.CheckRange(nameof(settings.TopP), settings.TopP, 0, 1);
        faults.CheckRange(nameof(settings.TopK), settings.TopK, 1, 1_000);
        faults.CheckRange(nameof(settings.MaxOutputTokens), settings.MaxOutputTokens, 1, 65_536);
        faults.CheckName(nameof(settings.ResponseModality), settings.ResponseModality, "", "AUDIO", "TEXT");
        faults.CheckName(nameof(settings.MediaResolution), settings.MediaResolution, WireName.MediaResolution, "LOW", "MEDIUM", "HIGH");
        var thinking = faults.Below(nameof(settings.Thinking));
        thinking.CheckRange(nameof(settings.Thinking.Budget), settings.Thinking.Budget, -1, 32_768);
        thinking.CheckName(nameof(settings.Thinking.Level), settings.Thinking.Level, "", "MINIMAL", "LOW", "MEDIUM", "HIGH");
        for (var i = 0; i < settings.SafetySettings.Count; i++)
            CheckSafety(settings.SafetySettings[i], faults.Below($"{nameof(settings.SafetySettings)}:{i}"));
        CheckDetection(settings.ActivityDetection, faults.Below(nameof(settings.ActivityDetection)));
        CheckCompression(settings.ContextCompression, faults.Below(nameof(settings.ContextCompression)));
    }

    /// <summary>The model itself, and what it does not have.</summary>
    /// <param name="placeName">Where the place stands in the configuration.</param>
    /// <param name="settings">All that is asked of the session.</param>
    /// <param name="own">Who is checked: faults of what others say are theirs, unless this one chose the model.</param>
    /// <param name="place">Where it is asked.</param>
    /// <param name="profiles">What models have.</param>
    /// <param name="faults">Of <paramref name="own"/>.</param>
    public static void CheckModel(
        string placeName, LiveSessionSettings settings, LiveSessionSettings own, LiveTargetOptions place, ModelProfiles profiles, FaultList faults)
    {
        if (!LiveModelProfile.IsModelId(settings.Model))
        {
            faults.Check(isGood: false, nameof(settings.Model), settings.Model, "a model id such as gemini-3.8-live");
            return;
        }
        var (id, backend, version) = (ModelCatalog.IdOf(settings.Model!), TargetResolver.BackendOf(place), TargetResolver.VersionOf(place));
        if (ModelFault(id, backend, profiles) is { } reason)
        {
            faults.Refuse(nameof(settings.Model), settings.Model, reason);
            return;
        }
        var saidHere = SettingRules.Said(own);
        var choosesModel = !string.IsNullOrEmpty(own.Model);
        foreach (var fault in SettingRules.Faults(settings, profiles.For(id, backend, version)))
        {
            if (saidHere.Contains(fault.Key))
                faults.Refuse(fault.Key, fault.Value, $"{id} ({backend} {version}) does not take that: {fault.Remedy}");
            else if (choosesModel)
                faults.Refuse(nameof(settings.Model), settings.Model, $"it does not take {fault.Key} = '{fault.Value}', which comes from {placeName}: {fault.Remedy}");
        }
    }

    /// <summary>Whether the model that an agent chooses is served wherever a fallback takes it over.</summary>
    public static void CheckFallbacks(LiveSessionSettings agent, LiveOptions options, FaultList faults)
    {
        var profiles = new ModelProfiles(options.Profiles);
        for (var i = 0; i < options.Fallbacks.Count; i++)
        {
            var (fallback, id) = (options.Fallbacks[i], ModelCatalog.IdOf(agent.Model!));
            var backend = TargetResolver.BackendOf(fallback, options);
            if (TargetResolver.Text(fallback.Model) is null && backend != TargetResolver.BackendOf(options) && ModelFault(id, backend, profiles) is { } reason)
                faults.Refuse(nameof(agent.Model), agent.Model, $"{TargetResolver.FallbackName(i)} names no model and takes this one over, but {reason}, or name one there");
        }
    }

    private static string? ModelFault(string id, LiveBackend backend, ModelProfiles profiles)
    {
        // A profile in the configuration knows better than a list that was built in.
        if (ModelCatalog.Find(id) is not { } known || profiles.OverrideFor(id) is not null)
            return null;
        if (known.Unusable is { } reason)
            return $"this model {reason}; use gemini-3.8-live";
        return known.Only is { } only && only != backend
            ? $"this model is served by {only} only, not by {backend}; use gemini-3.8-live, which both serve, or describe it in Live:Profiles:{id}"
            : null;
    }

    private static void CheckSafety(SafetySettings safety, FaultList faults)
    {
        faults.CheckName(nameof(safety.Category), safety.Category ?? "nothing", WireName.HarmCategory,
            "HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT", "CIVIC_INTEGRITY", "JAILBREAK");
        faults.CheckName(nameof(safety.Threshold), safety.Threshold ?? "nothing", "",
            "BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF");
        faults.CheckName(nameof(safety.Method), safety.Method, "", "SEVERITY", "PROBABILITY");
    }

    private static void CheckDetection(ActivityDetectionSettings detection, FaultList faults)
    {
        faults.CheckName(nameof(detection.Mode), detection.Mode, "", "Automatic", "Manual");
        faults.CheckName(nameof(detection.StartSensitivity), detection.StartSensitivity, WireName.StartSensitivity, "HIGH", "LOW");
        faults.CheckName(nameof(detection.EndSensitivity), detection.EndSensitivity, WireName.EndSensitivity, "HIGH", "LOW");
        faults.CheckRange(nameof(detection.PrefixPaddingMs), detection.PrefixPaddingMs, 0, 2_000);
        faults.CheckRange(nameof(detection.SilenceDurationMs), detection.SilenceDurationMs, 0, 10_000);
        faults.CheckName(nameof(detection.ActivityHandling), detection.ActivityHandling, "", "START_OF_ACTIVITY_INTERRUPTS", "NO_INTERRUPTION");
        faults.CheckName(nameof(detection.TurnCoverage), detection.TurnCoverage, WireName.TurnCoverage, "ONLY_ACTIVITY", "ALL_INPUT", "AUDIO_ACTIVITY_AND_ALL_VIDEO");
    }

    private static void CheckCompression(CompressionSettings compression, FaultList faults)
    {
        faults.CheckRange(nameof(compression.TriggerTokens), compression.TriggerTokens, 1_000, 131_072);
        faults.CheckRange(nameof(compression.TargetTokens), compression.TargetTokens, 500, 131_071);
    }
}
