using System.Buffers;
using System.Text.Json;
using Simulation.Live.Connections;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>The order and form of a client's messages: text frames, legal JSON, setup first and once, nothing else before it is accepted.</summary>
/// <remarks>Owned by the session's loop. Every method returns the close that answers a fault, or null.</remarks>
internal sealed class ClientProtocol(SessionState session, ClientInput input, SessionRecord record, SessionContext context, Admission admission)
{
    private static readonly JsonDocumentOptions StrictJson = new() { AllowDuplicateProperties = false };

    private int _messages = -1;

    /// <summary>Index of the message being dealt with: 0 is the setup.</summary>
    public int MessageIndex => _messages;

    /// <summary>Takes one message.</summary>
    public async ValueTask<CloseReason?> OnFrameAsync(ClientFrame frame, long timestamp)
    {
        if (admission.Token is { IsExpired: true })
            return CloseReason.TokenExpired;
        if (frame.IsBinary)
            return CloseReason.Invalid("Invalid JSON payload received. Client messages are text frames.");
        var pcm = ArrayPool<byte>.Shared.Rent(frame.Length);
        var isAudio = AudioMessage.TryRead(frame.Bytes, pcm, out var length, out var rateHz) && length % sizeof(short) == 0;
        _messages++;
        if (isAudio && input.RefusesAudioDuringCalls && session.Tools.IsBlocked)
        {
            ArrayPool<byte>.Shared.Return(pcm);
            return CloseReason.NotImplemented;
        }
        var isTaken = isAudio && session.IsOpen && !input.AwaitsHistory;
        if (isTaken)
            await input.OnAudioAsync(pcm.AsMemory(0, length), rateHz, timestamp);
        ArrayPool<byte>.Shared.Return(pcm);
        return isTaken ? null : await OnMessageAsync(frame, timestamp);
    }

    private async ValueTask<CloseReason?> OnMessageAsync(ClientFrame frame, long timestamp)
    {
        record.AddMessage(timestamp, frame.Bytes);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(frame.Buffer.AsMemory(0, frame.Length), StrictJson);
        }
        catch (JsonException exception)
        {
            return CloseReason.Invalid($"Invalid JSON payload received. {exception.Message}");
        }
        using (document)
            return SchemaValidator.Check(document.RootElement) ?? await OnLegalMessageAsync(document.RootElement, timestamp);
    }

    private async ValueTask<CloseReason?> OnLegalMessageAsync(JsonElement message, long timestamp)
    {
        var isSetup = message.Has("setup");
        if (isSetup && session.Setup is null)
            return await OnSetupAsync(message.Get("setup"));
        if (isSetup || session.Setup is null)
            return CloseReason.Invalid("setup must be the first message and only the first.");
        return session.IsOpen
            ? await input.OnMessageAsync(message, timestamp)
            : CloseReason.Invalid("Request contains an invalid argument: nothing may be sent before setupComplete.");
    }

    private async ValueTask<CloseReason?> OnSetupAsync(JsonElement client)
    {
        var message = admission.Token?.Constrain(client) ?? client;
        if ((SetupRules.Check(message, admission.Route, out var traits) ?? context.Faults.SetupClose) is { } fault)
            return fault;
        var setup = SessionSetup.Read(message, traits!, context.Options.ContextTokens);
        if (setup.Handle.Length == 0 && admission.Token?.TryUse() is { } refused)
            return refused;
        var conversation = new Conversation(setup.Model, context.Now);
        ConversationState? state = null;
        if (setup.Handle.Length > 0 && Resume(setup, out conversation, out state) is { } refusal)
            return refusal;
        session.Begin(setup, conversation!, state);
        record.Add(SessionEventKind.SetupReceived, setup.Model);
        if (!session.HoldsSetup() && !context.Faults.NeverAnswerSetup && !SetupRules.IsNeverAnswered(message, traits!))
            await session.CompleteSetupAsync();
        return null;
    }

    private CloseReason? Resume(SessionSetup setup, out Conversation? conversation, out ConversationState? state)
    {
        (conversation, state) = (null, null);
        if (context.Faults.RefuseHandles)
            return CloseReason.NotFound;
        return context.Conversations.Resume(setup.Handle, setup.Model, out conversation, out state) switch
        {
            ResumeResult.Resumed => null,
            ResumeResult.StillConnected => CloseReason.StillOpen,
            ResumeResult.OtherModel => CloseReason.InvalidArgument,
            _ => CloseReason.NotFound,
        };
    }
}
