using System.Text.Json;
using System.Text.Json.Serialization;
using Telephony.Trunks;
using VoiceAgent.Calls;
using VoiceAgent.Recordings;
using VoiceAgent.Records;

namespace VoiceAgent.WebConsole;

/// <summary>What a browser signs in with: a user and a password, or a token where there are no users.</summary>
internal sealed record SignInRequest(string? User, string? Password, string? Token);

/// <summary>Who is signed in.</summary>
/// <param name="User">Their name; null for nobody.</param>
/// <param name="Role">What they may do; null likewise.</param>
/// <param name="HasUsers">Whether users are configured, so that one signs in by name and password.</param>
internal sealed record MeView(string? User, ConsoleRole? Role, bool HasUsers);

/// <summary>The service at this moment.</summary>
/// <param name="State">ready, starting, draining, full, or "live down".</param>
/// <param name="IsDraining">Whether no further calls are taken.</param>
/// <param name="Stops">Who has stopped the intake, the first of them first; none when nobody has, or the service itself stops.</param>
/// <param name="Complaints">Each part that is ill.</param>
/// <param name="CallCount">Calls that are running.</param>
/// <param name="Calls">The first of them, the oldest first.</param>
/// <param name="Trunks">The trunks that have a server.</param>
/// <param name="PhoneCount">Phones that are registered here.</param>
/// <param name="Today">What today's calls came to.</param>
internal sealed record LiveView(
    string State, bool IsDraining, IReadOnlyList<IntakeStop> Stops, IReadOnlyList<string> Complaints, int CallCount, IReadOnlyList<LiveCallView> Calls, IReadOnlyList<TrunkStatus> Trunks, int PhoneCount, TodayView Today);

/// <summary>A running call.</summary>
internal sealed record LiveCallView(
    string Key, string CallId, CallState State, CallDirection Direction, string? Caller, string Dialled, string? Trunk, string Agent, DateTimeOffset StartedAt, LineMeters Line);

/// <summary>Calls that ended today (UTC) and since this service runs.</summary>
/// <param name="Since">From when they are counted.</param>
/// <param name="Calls">How many.</param>
/// <param name="Answered">How many of them were answered.</param>
/// <param name="Minutes">Their length in all, in minutes.</param>
/// <param name="Tokens">Tokens that the Live service billed.</param>
/// <param name="CostUsd">What they cost, where prices are known.</param>
internal sealed record TodayView(DateTimeOffset Since, int Calls, int Answered, double Minutes, long Tokens, decimal? CostUsd);

/// <summary>Calls that a search found.</summary>
/// <param name="Calls">Newest first.</param>
/// <param name="Next">Value of <c>after</c> for the next page; null when this was the last one.</param>
internal sealed record SearchView(IReadOnlyList<CallSummary> Calls, string? Next);

/// <summary>One call with all that is known of it.</summary>
/// <param name="Summary">As lists show it.</param>
/// <param name="Explanation">What happened, in plain words.</param>
/// <param name="Record">Its record.</param>
/// <param name="IsHere">Whether it runs in this service, so that something can be done with it.</param>
/// <param name="Transfers">Those to whom it may be handed then.</param>
/// <param name="Ladder">Its SIP messages, while it runs here or where it failed; null otherwise.</param>
/// <param name="MayListen">Whether it runs in this service and this viewer may listen to it.</param>
/// <param name="Elsewhere">Which other service runs it, or has its recording; null for this one, or none.</param>
internal sealed record CallView(CallSummary Summary, IReadOnlyList<string> Explanation, JsonElement Record, bool IsHere, IReadOnlyList<TransferView> Transfers, string? Ladder, bool MayListen, OtherService? Elsewhere);

/// <summary>Another service that shares the database.</summary>
/// <param name="Name">Its <c>Database:Instance</c>.</param>
/// <param name="ConsoleUrl">Where browsers reach its console; null for nowhere, or when it is not known.</param>
internal sealed record OtherService(string Name, string? ConsoleUrl);

/// <summary>Somebody to whom a caller may be handed.</summary>
/// <param name="Name">As the agent's settings have it.</param>
/// <param name="WhyNot">Why this caller cannot be; null where it can be tried.</param>
internal sealed record TransferView(string Name, string? WhyNot);

/// <summary>The outline of a recording.</summary>
/// <param name="Seconds">Its length.</param>
/// <param name="BeganAtMs">When it began, in ms since admission.</param>
/// <param name="Fault">Why it is not whole; null when it is, or nobody knows its end.</param>
/// <param name="Caller">The caller's loudest sample of each part, 0 to 100.</param>
/// <param name="Agent">The agent's likewise.</param>
/// <param name="Pauses">Where it was paused.</param>
internal sealed record OutlineView(double Seconds, double BeganAtMs, string? Fault, IReadOnlyList<int> Caller, IReadOnlyList<int> Agent, IReadOnlyList<RecordingPause> Pauses);

/// <summary>To whom a caller shall be handed, by the name that the agent's settings have for them.</summary>
internal sealed record TransferWish(string? Target);

/// <summary>That calls are taken again.</summary>
/// <param name="EvenOthers">Whether others' stops of the intake are taken back too, or one's own only.</param>
internal sealed record ResumeWish(bool EvenOthers);

/// <summary>What the agent shall be told.</summary>
internal sealed record WhisperWish(string? Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(MeView))]
[JsonSerializable(typeof(LiveView))]
[JsonSerializable(typeof(SearchView))]
[JsonSerializable(typeof(CallView))]
[JsonSerializable(typeof(OutlineView))]
[JsonSerializable(typeof(TransferWish))]
[JsonSerializable(typeof(ResumeWish))]
[JsonSerializable(typeof(WhisperWish))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
