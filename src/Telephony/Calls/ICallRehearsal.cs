namespace Telephony.Calls;

/// <summary>Takes the calls that are played before the first real one (<see cref="CallWarmUp"/>) as the host takes real ones, so that the host's code is compiled by then too.</summary>
/// <remarks>Disposed when the calls have been played, and perhaps once more.</remarks>
public interface ICallRehearsal : IAsyncDisposable
{
    /// <summary>A call of the warm-up, which is to be answered soon. Called on the signalling loop; must return at once. Set <see cref="Call.Listener"/> here.</summary>
    void OnCallOffered(Call call);
}
