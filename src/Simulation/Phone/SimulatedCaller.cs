using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Telephony.Audio;

namespace Simulation.Phone;

/// <summary>A scripted phone: dials, speaks, presses digits, listens and records. The demo, test calls and load tests are made with it.</summary>
/// <remarks>
/// It writes SIP and RTP by itself, so that no bug of the agent's stack is mirrored. Every method may be called from any thread;
/// outcomes are values, and every wait has a limit.
/// </remarks>
public sealed class SimulatedCaller : IAsyncDisposable
{
    private static readonly TimeSpan HangUpPatience = TimeSpan.FromSeconds(5);

    private readonly CallerOptions _options;
    private readonly CallerDialog? _dialog;
    private readonly PhoneMedia? _media;
    private readonly CallEnd? _failed;

    private SimulatedCaller(CallerOptions options, CallTimeline timeline, CallerDialog dialog, PhoneMedia media) =>
        (_options, Timeline, _dialog, _media) = (options, timeline, dialog, media);

    private SimulatedCaller(CallerOptions options, CallTimeline timeline, CallEnd failed) =>
        (_options, Timeline, _failed) = (options, timeline, failed);
}
