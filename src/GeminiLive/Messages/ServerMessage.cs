namespace GeminiLive.Messages;

/// <summary>What one server message says, every key on its own: filled by <see cref="ServerMessageReader"/>, acted on by <see cref="LiveReceiver"/>.</summary>
/// <remarks>One instance per connection, used again for each message. Audio stays in the receive buffer until it is decoded.</remarks>
internal sealed class ServerMessage
{
    public bool IsSetupComplete { get; set; }

    public string? SessionId { get; set; }

    /// <summary>The service's words of an <c>error</c> object; most errors come as close frames instead.</summary>
    public string? Error { get; set; }

    /// <summary>A handle worth keeping: the update was resumable and not empty.</summary>
    public string? NewHandle { get; set; }

    /// <summary>False while the server is generating or waits for a tool; null without an update.</summary>
    public bool? IsResumable { get; set; }

    /// <summary>Time until the server closes; null without <c>goAway</c>.</summary>
    public TimeSpan? GoAwayTimeLeft { get; set; }

    public List<string> CancelledCalls { get; } = [];

    public bool IsInterrupted { get; set; }

    public string InputTranscript { get; set; } = "";

    public string OutputTranscript { get; set; } = "";

    /// <summary>BCP-47 code of the caller's words, where the service names it.</summary>
    public string? InputLanguage { get; set; }

    /// <summary>BCP-47 code of the model's words, where the service names it.</summary>
    public string? OutputLanguage { get; set; }

    /// <summary>Written output that is no thought: rare in a session that speaks.</summary>
    public string Text { get; set; } = "";

    public List<string> SearchQueries { get; } = [];

    public List<LiveSource> Sources { get; } = [];

    public VoiceActivityReported? VoiceActivity { get; set; }

    /// <summary>The model produced something, if only a thought.</summary>
    public bool HasModelTurn { get; set; }

    public List<AudioPart> Audio { get; } = [];

    public List<LiveToolCall> ToolCalls { get; } = [];

    public bool IsGenerationComplete { get; set; }

    public UsageReported? Usage { get; set; }

    public bool IsTurnComplete { get; set; }

    public string? TurnCompleteReason { get; set; }

    /// <summary>The model chose to stay silent.</summary>
    public bool IsWaitingForInput { get; set; }

    /// <summary><c>IN_PROGRESS</c> while an extended-thinking model goes on working, <c>IDLE</c> once it is done; null where it says neither.</summary>
    public string? InteractionStatus { get; set; }

    /// <summary>False while an extended-thinking model goes on working after a <c>turnComplete</c>.</summary>
    public bool IsIdle => InteractionStatus != "IN_PROGRESS";

    /// <summary>Number of the last client message that the server has worked in, counted from the setup as 0; only in Vertex' transparent mode.</summary>
    public long? LastConsumedIndex { get; set; }

    /// <summary>Forgets the last message.</summary>
    public void Clear()
    {
        IsSetupComplete = HasModelTurn = IsInterrupted = IsGenerationComplete = IsTurnComplete = IsWaitingForInput = false;
        SessionId = Error = NewHandle = TurnCompleteReason = InteractionStatus = InputLanguage = OutputLanguage = null;
        InputTranscript = OutputTranscript = Text = "";
        IsResumable = null;
        LastConsumedIndex = null;
        VoiceActivity = null;
        GoAwayTimeLeft = null;
        Usage = null;
        CancelledCalls.Clear();
        Audio.Clear();
        ToolCalls.Clear();
        SearchQueries.Clear();
        Sources.Clear();
    }
}

/// <summary>Where the base64 of one audio part lies in the receive buffer.</summary>
/// <param name="Start">First byte inside the quotes.</param>
/// <param name="Length">Bytes up to the closing quote.</param>
/// <param name="IsEscaped">True when the JSON text holds escapes such as <c>\u002B</c> or <c>\/</c>.</param>
/// <param name="SampleRateHz">From the mime type, 24000 when it names none.</param>
internal readonly record struct AudioPart(int Start, int Length, bool IsEscaped, int SampleRateHz);
