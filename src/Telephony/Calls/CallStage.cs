namespace Telephony.Calls;

/// <summary>How far a call is.</summary>
internal enum CallStage
{
    /// <summary>Not answered.</summary>
    Offered,

    /// <summary>Answered.</summary>
    Answered,

    /// <summary>Over.</summary>
    Over,
}
