namespace Telephony.Checks;

/// <summary>One thing that was looked at before or beside a running service.</summary>
/// <param name="Subject">What: a listen address, the certificate, a trunk.</param>
/// <param name="IsGood">Whether calls can rely on it.</param>
/// <param name="Text">What was found, with the remedy where it is not good.</param>
public sealed record LineFinding(string Subject, bool IsGood, string Text);
