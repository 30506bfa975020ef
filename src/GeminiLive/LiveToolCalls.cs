using System.Text;
using System.Text.Json;
using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>The table of function calls that the model has made: whom an answer is owed, and in what form it still reaches the model after a lost connection.</summary>
/// <remarks>
/// Any thread. The service restores a session as it was when the handle was issued: a call that it knew then is answered as a call, once more if
/// need be; of any other it never heard, and an answer would end the connection, so the result goes as a text. Answers to cancelled calls are
/// dropped. Bounded: beyond 128 calls the oldest are forgotten.
/// </remarks>
internal sealed class LiveToolCalls(LiveOutbox outbox, LiveHistory history, IReadOnlyList<LiveFunction> functions, Func<LiveModelProfile> profile)
{
    private const int MaxCalls = 128;
    private const int MaxNoteCharacters = 2_000;
    private const int MaxTextCharacters = 20_000;

    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private bool _isDown;

    /// <summary>Functions that the model knows.</summary>
    public IReadOnlyList<LiveFunction> Functions { get; set; } = functions;

    /// <summary>Whether <see cref="AnswerUnknown"/> answers; false where the host does.</summary>
    public bool AnswersUnknown { get; init; } = true;

    /// <summary>What the model at hand takes.</summary>
    public LiveModelProfile Profile => profile();

    /// <summary>True while the model waits for an answer that it would lose with the connection.</summary>
    public bool IsAnyOpen
    {
        get
        {
            lock (_gate)
                return _entries.Exists(entry => entry is { IsAnswered: false, IsLost: false });
        }
    }

    /// <summary>True while the model waits for an answer before it says anything.</summary>
    public bool IsModelWaiting
    {
        get
        {
            lock (_gate)
                return _entries.Exists(entry => entry is { IsAnswered: false, IsLost: false } && Blocks(entry.Call.Name));
        }
    }

    /// <summary>True while the model must not hear the caller, since a call of its own is open or its answer has not gone out.</summary>
    public bool HoldsAudio => Profile.HoldsAudioDuringCalls && (IsAnyOpen || outbox.Count > 0);

    /// <summary>The model has called.</summary>
    public void Add(IReadOnlyList<LiveToolCall> calls)
    {
        lock (_gate)
        {
            foreach (var call in calls)
                Keep(new Entry(call));
        }
    }

    /// <summary>Answers calls of functions that were never declared: without an answer the model would wait for ever.</summary>
    /// <returns>True when it has answered any.</returns>
    public bool AnswerUnknown(IEnumerable<LiveToolCall> calls)
    {
        if (!AnswersUnknown)
            return false;
        LiveToolResponse[] errors = [.. calls.Where(call => Functions.All(function => function.Name != call.Name)).Select(call => LiveToolResponse.Error(call, "There is no function of this name."))];
        return errors.Length > 0 && Respond(errors);
    }

    /// <summary>The model no longer wants these answers.</summary>
    public void Cancel(IEnumerable<string> ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
                _entries.RemoveAll(entry => entry.Call.Id == id && !entry.IsAnswered);
        }
    }

    /// <summary>Sends results, those that can go together in one message.</summary>
    /// <returns>False when none of them is wanted (any more), or far too much waits.</returns>
    public bool Respond(IReadOnlyList<LiveToolResponse> responses)
    {
        lock (_gate)
        {
            var answered = new List<Entry>();
            foreach (var response in responses)
            {
                if (_entries.Find(entry => entry.IsFor(response)) is not { } entry)
                    continue;
                history.AddNote(NoteOf(entry.Call, response, MaxNoteCharacters));
                answered.Add(entry);
                // One answer is all that such a model takes: it has to be the last one.
                if (response.WillContinue != true || Profile.SupportsContinuedResponses)
                    entry.Responses.Add(response);
            }
            return answered.Count > 0 && (_isDown || Send(answered.FindAll(entry => entry.Responses.Count > 0)));
        }
    }

    /// <summary>Tells a result in words, since its call has had its one answer or is none of this session's; like that answer it is told again where it was lost.</summary>
    /// <param name="call">The call.</param>
    /// <param name="response">The result.</param>
    /// <param name="expectsAnswer">True has the model speak of it now.</param>
    /// <returns>False when far too much waits.</returns>
    public bool Tell(LiveToolCall call, JsonElement response, bool expectsAnswer)
    {
        lock (_gate)
        {
            var result = new LiveToolResponse(call.Id, call.Name, response, expectsAnswer ? null : LiveScheduling.Silent);
            history.AddNote(NoteOf(call, result, MaxNoteCharacters));
            var entry = new Entry(call) { IsLost = true, IsTold = true };
            entry.Responses.Add(result);
            Keep(entry);
            return _isDown || Send([entry]);
        }
    }

    /// <summary>The service has saved the session: it knows these calls now, and the answers it has got.</summary>
    public void HandleIssued()
    {
        lock (_gate)
        {
            _entries.RemoveAll(entry => entry.IsAnswered && !entry.Waits(outbox));
            foreach (var entry in _entries.Where(entry => !entry.IsLost))
                entry.IsSaved = true;
        }
    }

    /// <summary>The connection is gone: answers wait until it is known what the next one knows.</summary>
    /// <returns>The messages that carried them, in place of which others will be sent.</returns>
    public IReadOnlyList<byte[]> ConnectionLost()
    {
        lock (_gate)
        {
            _isDown = true;
            byte[][] messages = [.. _entries.SelectMany(entry => entry.Messages)];
            foreach (var entry in _entries)
                entry.TakeBack(outbox);
            return messages;
        }
    }

    /// <summary>There is a connection again; what was answered meanwhile, or never arrived, is sent.</summary>
    /// <param name="isFresh">True when the session knows of the past only what its history tells.</param>
    public void Reopened(bool isFresh)
    {
        lock (_gate)
        {
            _isDown = false;
            foreach (var entry in _entries)
                entry.IsLost |= isFresh || !entry.IsSaved;
            // A fresh session has read in its history what was answered before.
            if (isFresh)
                _entries.RemoveAll(entry => entry.IsAnswered && entry.HasReached);
            Send(_entries.FindAll(entry => entry.Responses.Count > 0));
        }
    }

    private void Keep(Entry entry)
    {
        _entries.Add(entry);
        if (_entries.Count > MaxCalls)
            _entries.RemoveRange(0, _entries.Count - MaxCalls);
    }

    private bool Blocks(string name) =>
        !Profile.SupportsAsyncTools || (Profile.SupportsBlockingTools && Functions.FirstOrDefault(function => function.Name == name)?.Behavior == LiveBehavior.Blocking);

    private bool Send(List<Entry> answered)
    {
        var isTaken = true;
        foreach (var entry in answered.Where(entry => entry.IsLost))
            isTaken &= SendNotes(entry);
        var live = answered.Where(entry => !entry.IsLost).Distinct().ToList();
        return isTaken & (live.Count == 0 || SendResponses(live));
    }

    private bool SendResponses(List<Entry> entries)
    {
        var message = ClientMessages.ToolResponse([.. entries.SelectMany(entry => entry.Unsent())], Profile);
        foreach (var entry in entries)
            entry.Messages.Add(message);
        return outbox.TryAdd(message);
    }

    private bool SendNotes(Entry entry)
    {
        var isTaken = true;
        foreach (var response in entry.Unsent())
        {
            var note = $"[{NoteOf(entry.Call, response, MaxTextCharacters)}]{HintOf(entry, response)}";
            var message = Profile.TextInput == LiveTextInput.RealtimeText ? ClientMessages.RealtimeText(note)
                : ClientMessages.Content([new LiveHistoryTurn(LiveRole.User, note)], turnComplete: response.Scheduling != LiveScheduling.Silent);
            entry.Messages.Add(message);
            isTaken &= outbox.TryAdd(message);
        }
        return isTaken;
    }

    private static string NoteOf(LiveToolCall call, LiveToolResponse response, int maxCharacters)
    {
        var text = new StringBuilder("earlier tool call ").Append(call.Name).Append(call.ArgumentsJson).Append(" returned: ").Append(response.Response.ToString());
        return text.Length > maxCharacters ? $"{text.ToString(0, maxCharacters)} (shortened)" : text.ToString();
    }

    private static string HintOf(Entry entry, LiveToolResponse response)
    {
        if (!entry.IsTold)
            return "";
        return response.Scheduling == LiveScheduling.Silent ? " (For your information; say nothing of it unless you are asked.)" : " (Tell the caller now.)";
    }

    /// <summary>One call and its answers.</summary>
    private sealed class Entry(LiveToolCall call)
    {
        private int _sent;

        public LiveToolCall Call => call;

        public List<LiveToolResponse> Responses { get; } = [];

        /// <summary>The messages that carry the answers over the connection at hand.</summary>
        public List<byte[]> Messages { get; } = [];

        /// <summary>True when the last handle was issued after the call.</summary>
        public bool IsSaved { get; set; }

        /// <summary>True when the session at hand has never made this call.</summary>
        public bool IsLost { get; set; }

        /// <summary>True for a result that is news to a model which has had an answer to this call before.</summary>
        public bool IsTold { get; init; }

        /// <summary>True when all answers were sent before the connection was lost.</summary>
        public bool HasReached { get; private set; }

        public bool IsAnswered => Responses.Count > 0 && Responses[^1].WillContinue != true;

        public bool Waits(LiveOutbox outbox) => Messages.Count == 0 || Messages.Exists(outbox.Holds);

        /// <summary>Nothing goes out on the next connection before it is known what that session knows.</summary>
        public void TakeBack(LiveOutbox outbox)
        {
            HasReached = Messages.Count > 0 && Messages.FindAll(outbox.TryRemove).Count == 0;
            Messages.Clear();
        }

        public bool IsFor(LiveToolResponse response) => !IsAnswered && (call.Id is null ? response.Id is null && call.Name == response.Name : call.Id == response.Id);

        /// <summary>Answers since the last call of this; all of them again once the connection was lost.</summary>
        public IEnumerable<LiveToolResponse> Unsent()
        {
            var first = Messages.Count == 0 ? 0 : _sent;
            _sent = Responses.Count;
            return Responses.Skip(first);
        }
    }
}
