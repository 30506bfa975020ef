using System.Text;

namespace VoiceAgent.Calls;

/// <summary>Joins transcript fragments into turns: Live events -> <see cref="CallRecord"/>.</summary>
/// <remarks>Owned by the call's loop. Fragments carry their own blanks and are joined as they are (protocol reference, 7.2).</remarks>
internal sealed class TranscriptBuilder(Action<TranscriptTurn> completed)
{
    private readonly StringBuilder _caller = new();
    private readonly StringBuilder _agent = new();
    private double _callerAtMs;
    private double _agentAtMs;

    public void AddCaller(double atMs, string fragment)
    {
        if (_caller.Length == 0)
            _callerAtMs = atMs;
        _caller.Append(fragment);
    }

    /// <summary>Agent words close the caller's turn: the model answers what it has heard.</summary>
    public void AddAgent(double atMs, string fragment)
    {
        if (_agent.Length == 0)
        {
            CompleteCaller();
            _agentAtMs = atMs;
        }
        _agent.Append(fragment);
    }

    /// <summary>The agent's turn is over, by itself or cut short by the caller.</summary>
    public void CompleteAgent(bool interrupted) => Complete(_agent, _agentAtMs, "agent", interrupted);

    /// <summary>The call, or its Live connection, is over: nothing more will be joined.</summary>
    public void CompleteAll(bool interrupted)
    {
        CompleteAgent(interrupted);
        CompleteCaller();
    }

    private void CompleteCaller() => Complete(_caller, _callerAtMs, "caller", interrupted: false);

    private void Complete(StringBuilder words, double atMs, string speaker, bool interrupted)
    {
        var text = words.ToString().Trim();
        words.Clear();
        if (text.Length > 0)
            completed(new TranscriptTurn(atMs, speaker, text, interrupted));
    }
}
