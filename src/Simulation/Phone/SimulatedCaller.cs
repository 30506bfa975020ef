using System.Diagnostics;
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
    private static readonly TimeSpan DisposePatience = TimeSpan.FromSeconds(1);

    private readonly CallerDialog _dialog;
    private readonly PhoneMedia _media;

    private SimulatedCaller(CallTimeline timeline, CallerDialog dialog, PhoneMedia media) => (Timeline, _dialog, _media) = (timeline, dialog, media);

    /// <summary>Where the call is.</summary>
    public CallerState State => _dialog.State;

    /// <summary>How the call ended; null while it has not.</summary>
    public CallEnd? End => _dialog.Ended.IsCompletedSuccessfully ? _dialog.Ended.Result : null;

    /// <summary>Whether the call was ever answered.</summary>
    public bool WasAnswered => _dialog.Answered.IsCompletedSuccessfully;

    /// <summary>The Call-ID header of the call.</summary>
    public string SipCallId => _dialog.CallId;

    /// <summary>What happened so far.</summary>
    public CallTimeline Timeline { get; }

    /// <summary>What the caller heard so far.</summary>
    public HeardAudio Heard => _media.Heard;

    /// <summary>What the caller's receiver and sender counted so far.</summary>
    public CallerStatistics Statistics => _media.Statistics;

    /// <summary>Whether queued speech is still being said.</summary>
    public bool IsSpeaking => _media.Said.IsSpeaking;

    /// <summary>Whether an address can be dialled: a sip URI with a host.</summary>
    public static bool IsDialable(string targetUri) => SipTarget.TryParse(targetUri, out _);

    /// <summary>Sends the INVITE and returns at once; <see cref="WaitForAnswerAsync"/> waits for what becomes of it.</summary>
    /// <exception cref="ArgumentException">The target is not <see cref="IsDialable"/>.</exception>
    public static async Task<SimulatedCaller> DialAsync(CallerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!SipTarget.TryParse(options.TargetUri, out var target))
            throw new ArgumentException($"'{options.TargetUri}' is not a sip URI like sip:agent@127.0.0.1:5060.", nameof(options));

        var (line, firstHop) = await SipLines.OpenAsync(target!, options.LocalAddress, cancellationToken);
        var timeline = new CallTimeline(options.OnEvent);
        var media = new PhoneMedia(line.LocalEndPoint.Address, options, timeline);
        PhoneClock.Shared.Add(media);
        var dialog = new CallerDialog(options, target!, firstHop, line, media, timeline);
        dialog.Dial();
        return new SimulatedCaller(timeline, dialog, media);
    }

    /// <summary>Dials and waits until the call is answered or over; an unanswered call is cancelled after <see cref="CallerOptions.AnswerTimeout"/>.</summary>
    /// <exception cref="ArgumentException">The target is not <see cref="IsDialable"/>.</exception>
    public static async Task<SimulatedCaller> CallAsync(CallerOptions options, CancellationToken cancellationToken = default)
    {
        var caller = await DialAsync(options, cancellationToken);
        if (!await caller.WaitForAnswerAsync(options.AnswerTimeout))
            await caller.HangUpAsync();
        return caller;
    }

    /// <summary>Waits until the call is answered (true) or over, or the time is up (false).</summary>
    public async Task<bool> WaitForAnswerAsync(TimeSpan timeout)
    {
        await Task.WhenAny(_dialog.Answered, _dialog.Ended, Task.Delay(timeout));
        return WasAnswered;
    }

    /// <summary>Waits until the call is over; null when the time is up first.</summary>
    public async Task<CallEnd?> WaitForEndAsync(TimeSpan timeout)
    {
        await Task.WhenAny(_dialog.Ended, Task.Delay(timeout));
        return End;
    }

    /// <summary>Queues speech; it follows what is queued already. Silence is sent when nothing is queued.</summary>
    /// <param name="pcm">Mono PCM16.</param>
    /// <param name="sampleRateHz">8000, 16000, 24000 or 48000.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another rate.</exception>
    public void Say(ReadOnlySpan<short> pcm, int sampleRateHz) => Say(new WavFile(sampleRateHz, 1, pcm.ToArray()));

    /// <summary>Queues speech, <see cref="WavFile.Read"/> from a file for example; it follows what is queued already.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is none of 8000, 16000, 24000 and 48000.</exception>
    public void Say(WavFile speech) => _media.Said.Enqueue(speech);

    /// <summary>Throws away speech that has not been said yet.</summary>
    public void StopSpeaking() => _media.Said.Clear();

    /// <summary>Waits until all queued speech has been sent.</summary>
    public Task<bool> WaitUntilSaidAsync(TimeSpan timeout) => _media.Waiters.WaitAsync(_ => !_media.Said.IsSpeaking, timeout);

    /// <summary>Presses digits one after the other as RFC 4733 events; false when one of them is none of 0-9, *, #, A-D.</summary>
    public bool PressDigits(string digits) => digits.All(_media.Digits.TryEnqueue);

    /// <summary>Waits until all digits have been sent.</summary>
    public Task<bool> WaitUntilPressedAsync(TimeSpan timeout) => _media.Waiters.WaitAsync(_ => !_media.Digits.IsPressing, timeout);

    /// <summary>Sends a digit as INFO with application/dtmf-relay.</summary>
    /// <returns>The final status; 0 when none came.</returns>
    public Task<int> SendInfoDigitAsync(char digit, int durationMs = 160) =>
        _dialog.RequestAsync("INFO", "application/dtmf-relay", $"Signal={digit}\r\nDuration={durationMs}\r\n");

    /// <summary>Sends any request inside the dialog.</summary>
    /// <returns>The final status; 0 when none came.</returns>
    public Task<int> SendRequestAsync(string method, string contentType = "", string body = "") => _dialog.RequestAsync(method, contentType, body);

    /// <summary>Puts the agent on hold: re-INVITE with sendonly (or inactive), and no RTP from then on.</summary>
    /// <returns>The final status; 0 when none came.</returns>
    public Task<int> HoldAsync(bool inactive = false) => _dialog.ReinviteAsync(inactive ? "inactive" : "sendonly");

    /// <summary>Comes back from hold: re-INVITE with sendrecv. Without a hold before, a refresh.</summary>
    /// <returns>The final status; 0 when none came.</returns>
    public Task<int> ResumeAsync() => _dialog.ReinviteAsync("sendrecv");

    /// <summary>Ends the call, by BYE or before the answer by CANCEL, and waits a few seconds for the far side to agree.</summary>
    /// <returns>How the call ended; null when the far side says nothing.</returns>
    public Task<CallEnd?> HangUpAsync()
    {
        _dialog.HangUp();
        return WaitForEndAsync(HangUpPatience);
    }

    /// <summary>Waits until the agent speaks.</summary>
    /// <returns>When it began, counted from dialling; null when the time is up first.</returns>
    public async Task<TimeSpan?> WaitForAgentSpeechAsync(TimeSpan timeout) =>
        await _media.Waiters.WaitAsync(_ => _media.Gate.IsOpen, timeout) ? SinceDialling(_media.Gate.SpeechStart) : null;

    /// <summary>Waits until the agent has been silent for a while; before its first word that counts from the start of the media.</summary>
    /// <returns>When the silence began, counted from dialling; null when the time is up first.</returns>
    public async Task<TimeSpan?> WaitForAgentSilenceAsync(TimeSpan quietFor, TimeSpan timeout) =>
        await _media.Waiters.WaitAsync(now => QuietSince is > 0 and var since && Stopwatch.GetElapsedTime(since, now) >= quietFor, timeout)
            ? SinceDialling(QuietSince)
            : null;

    /// <summary>Writes both sides on one time base: the caller left, the agent right, 8 kHz PCM16.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void WriteStereoWav(string path) => StereoRecording.Mix(_media.Said.ToArray(), _media.Heard.ToArray()).Write(path);

    /// <summary>Hangs up if need be and gives everything back.</summary>
    public async ValueTask DisposeAsync()
    {
        _dialog.HangUp();
        await WaitForEndAsync(DisposePatience);
        await _dialog.DisposeAsync();
        await _media.CloseAsync();
    }

    private long QuietSince => _media.Gate.LastLoud != 0 ? _media.Gate.LastLoud : _media.Heard.StartTimestamp;

    private TimeSpan SinceDialling(long timestamp) => Stopwatch.GetElapsedTime(Timeline.StartTimestamp, timestamp);
}
