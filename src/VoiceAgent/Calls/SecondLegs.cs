using Telephony.Calls;

namespace VoiceAgent.Calls;

/// <summary>Makes the second calls of calls that run, each in a place of its own: the door from a call to the telephony below.</summary>
/// <remarks>Any thread. Whom it may call, and how often, is decided below, by <c>Telephony:Outbound</c>.</remarks>
/// <param name="dial">Makes a call.</param>
/// <param name="table">The places.</param>
internal sealed class SecondLegs(Func<DialRequest, Task<DialRefusal>> dial, CallTable table)
{
    /// <summary>Makes a call; completes when it is on its way, or with the reason why it is not.</summary>
    public Task<DialRefusal> DialAsync(DialRequest request) => dial(request);

    /// <summary>Takes a place; <see cref="Release"/> gives it back.</summary>
    public bool TryAdmit() => table.TryAdmit();

    /// <summary>Gives a place back.</summary>
    public void Release() => table.Release();
}
