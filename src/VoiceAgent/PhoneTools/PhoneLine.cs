using Telephony.Calls;
using VoiceAgent.Audio;
using VoiceAgent.Calls;

namespace VoiceAgent.PhoneTools;

/// <summary>What <see cref="PhoneActs"/> works with: one call's line, Live session, record and state table.</summary>
/// <remarks>Used on the call's loop.</remarks>
/// <param name="Call">The call.</param>
/// <param name="Bridge">Its audio and its Live session.</param>
/// <param name="Journal">Its record.</param>
/// <param name="HoldSound">What a caller hears who is asked to wait; null for none.</param>
/// <param name="Time">Its clock.</param>
/// <param name="Fire">Moves the state table.</param>
/// <param name="ExpectAgent">Tells the silence ladder that the agent was asked to speak.</param>
internal sealed record PhoneLine(
    Call Call, CallBridge Bridge, CallJournal Journal, Announcement? HoldSound, TimeProvider Time, Action<CallTrigger> Fire, Action ExpectAgent);
