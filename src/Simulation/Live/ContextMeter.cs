namespace Simulation.Live;

/// <summary>What a conversation's context holds in tokens, and what its turns cost: 25 a second of audio, one for four characters of text.</summary>
/// <remarks>Owned by the session that is connected.</remarks>
internal sealed class ContextMeter
{
    public const double TokensPerSecond = 25;

    private const double CharactersPerToken = 4;

    private double _text;
    private double _audio;
    private double _toolUse;

    /// <summary>Tokens of instructions and tools, which compression never takes.</summary>
    public int Fixed { get; init; }

    /// <summary>Size above which the context is cut; null without compression.</summary>
    public long? TriggerTokens { get; init; }

    /// <summary>Size it is cut to.</summary>
    public long TargetTokens { get; init; }

    public long Total => (long)(Fixed + _text + _audio);

    /// <summary>A copy with another setup's fixed part and compression.</summary>
    public ContextMeter For(SessionSetup setup) => new()
    {
        Fixed = setup.PromptTokens,
        TriggerTokens = setup.TriggerTokens,
        TargetTokens = setup.TargetTokens,
        _text = _text,
        _audio = _audio,
    };

    public void AddText(string text) => _text += text.Length / CharactersPerToken;

    public void AddAudio(TimeSpan time) => _audio += time.TotalSeconds * TokensPerSecond;

    /// <summary>Adds the result of a tool.</summary>
    public void AddToolResult(int characters)
    {
        _text += characters / CharactersPerToken;
        _toolUse += characters / CharactersPerToken;
    }

    /// <summary>Cuts the context where it is too large: called when a turn of the user begins.</summary>
    public void Compress()
    {
        if (TriggerTokens is not { } trigger || Total <= trigger)
            return;
        var share = Math.Max(0, TargetTokens - Fixed) / (_text + _audio);
        (_text, _audio) = (_text * share, _audio * share);
    }

    /// <summary>Closes a turn: what it cost, its own output not yet in the prompt.</summary>
    public Usage EndTurn(TimeSpan output, int thoughts)
    {
        var response = (int)Math.Ceiling(output.TotalSeconds * TokensPerSecond);
        var usage = new Usage((int)(Fixed + _text), (int)_audio, response, thoughts, (int)_toolUse);
        AddAudio(output);
        _toolUse = 0;
        return usage;
    }
}

/// <summary>What a turn cost, in tokens.</summary>
/// <param name="PromptText">Text of the context, tools and instructions included.</param>
/// <param name="PromptAudio">Audio of the context.</param>
/// <param name="ResponseAudio">Output.</param>
/// <param name="Thoughts">Reasoning, not counted in the total.</param>
/// <param name="ToolUse">The part of the prompt that tools brought in this turn.</param>
internal readonly record struct Usage(int PromptText, int PromptAudio, int ResponseAudio, int Thoughts, int ToolUse);
