namespace GeminiLive;

/// <summary>Follows the model's turn, to tell audio that the caller shall hear from audio of an interrupted generation.</summary>
/// <remarks>
/// The rule: an open turn that is interrupted is dead until <c>turnComplete</c>, or, since not every model sends one, until the server has
/// sent nothing of it for <see cref="LiveOptions.StaleAudioQuiet"/>; what comes then is a new generation. Stale audio arrives in one burst,
/// while a new generation needs new input first. An <c>interrupted</c> after the turn's end voids what is still playing, and nothing else.
/// Owned by the receive loop.
/// </remarks>
internal sealed class LiveTurn(TimeProvider timeProvider, TimeSpan staleQuiet)
{
    private bool _isOpen;
    private bool _isDead;
    private bool _isGenerating;
    private bool _isEndDue;
    private long _lastStale;

    /// <summary>Number of the turn whose output came last, counted from 1 over the whole session; 0 before the first.</summary>
    public int Number { get; private set; }

    /// <summary><see cref="Number"/> while that turn is open, else 0.</summary>
    public int OpenNumber => _isOpen ? Number : 0;

    /// <summary>True while the rest of an interrupted turn is awaited.</summary>
    public bool IsDead => _isDead;

    /// <summary>True while more output of the running generation is to be expected.</summary>
    public bool IsGenerating => _isGenerating;

    /// <summary>The model produced output.</summary>
    /// <returns>True when the caller shall have it; false when it belongs to a dead generation.</returns>
    public bool Admit()
    {
        if (_isDead && timeProvider.GetElapsedTime(_lastStale) < staleQuiet)
        {
            _lastStale = timeProvider.GetTimestamp();
            return false;
        }
        if (!_isGenerating)
            Number++;
        _isDead = _isEndDue = false;
        _isOpen = _isGenerating = true;
        return true;
    }

    /// <summary>The model's words came without audio; between the end of a generation and the end of its turn they are that turn's last ones.</summary>
    /// <inheritdoc cref="Admit"/>
    public bool AdmitWords() => _isEndDue || Admit();

    /// <summary>The server cut its generation.</summary>
    public void Interrupt()
    {
        _isDead = _isOpen;
        _isGenerating = _isEndDue = false;
        _lastStale = timeProvider.GetTimestamp();
    }

    /// <summary>All output of the generation has come; of a dead one too, so that what follows is heard.</summary>
    /// <returns>False when the generation was a dead one.</returns>
    public bool CompleteGeneration()
    {
        var wasDead = _isDead;
        _isEndDue = _isOpen && !_isDead;
        _isGenerating = _isDead = false;
        return !wasDead;
    }

    /// <summary>The turn is over, or the connection that carried it.</summary>
    public void Complete() => _isOpen = _isDead = _isGenerating = _isEndDue = false;
}
