namespace Telephony.Sip.Admission;

/// <summary>What becomes of a request of somebody whom the configuration does not know.</summary>
public enum StrangerPolicy
{
    /// <summary>It is served like any other.</summary>
    Answer,

    /// <summary>It is answered 403.</summary>
    Refuse,

    /// <summary>It is dropped without a word: who looks for SIP servers does not learn that there is one.</summary>
    Silence,
}
