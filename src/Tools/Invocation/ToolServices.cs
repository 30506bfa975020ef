using Tools.Ledger;

namespace Tools.Invocation;

/// <summary>What the tools of all calls use.</summary>
/// <param name="Ledger">The book of intents and results.</param>
/// <param name="Redaction">What must not be written down.</param>
/// <param name="Gates">How many run at a time.</param>
/// <param name="Time">The service's clock.</param>
/// <param name="Logger">Where failures are told, exceptions included.</param>
public sealed record ToolServices(IToolLedger Ledger, Redaction Redaction, ToolGates Gates, TimeProvider Time, ILogger<CallTools> Logger);
