using System.Net;

namespace Simulation.Phone;

/// <summary>The signalling of one simulated call: INVITE to BYE, between <see cref="SimulatedCaller"/> and the wire.</summary>
/// <remarks>All state is owned by one loop; commands, received messages and timers are posted to it.</remarks>
internal sealed class CallerDialog : IAsyncDisposable
{
    private readonly CallerOptions _options;
    private readonly CallTimeline _timeline;
    private readonly ISipLine _line;
    private readonly CallerSession _session;
    private readonly DialogText _text;
    private readonly ClientRequests _requests;
    private readonly InviteClient _invites;
    private readonly RequestAnswers _answers;
    private readonly WorkLoop _loop;
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CallEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _cancelWanted;
    private bool _reinviting;
    private volatile CallerState _state;

    public CallerDialog(CallerOptions options, SipTarget target, IPEndPoint firstHop, ISipLine line, PhoneMedia media, CallTimeline timeline)
    {
        (_options, _line, _timeline) = (options, line, timeline);
        _loop = new WorkLoop(e => Finish(EndedBy.TransportFailed, 0, $"signalling failed: {e.Message}"));
        _session = new CallerSession(options, media);
        _text = new DialogText(options, target, line, firstHop);
        _requests = new ClientRequests(line, options, _loop.Post);
        _invites = new InviteClient(_text, _requests, line);
        _answers = new RequestAnswers(_text, _session, line, timeline);
        line.Start(
            (message, from) => _loop.Post(() => Receive(message, from)),
            reason => _loop.Post(() => Finish(EndedBy.TransportFailed, 0, reason)));
    }

    /// <summary>Where the call is; any thread may read.</summary>
    public CallerState State => _state;

    /// <summary>The Call-ID header of the call.</summary>
    public string CallId => _text.CallId;

    /// <summary>Completes when the 200 has been acknowledged; never when it does not come.</summary>
    public Task Answered => _answered.Task;

    /// <summary>Completes when the call is over.</summary>
    public Task<CallEnd> Ended => _ended.Task;

    private bool IsUp => State is CallerState.Talking or CallerState.Holding;

    /// <summary>Sends the INVITE.</summary>
    public void Dial() => _loop.Post(() =>
    {
        _timeline.Add(CallEventKind.Dialled, $"caller dials {_options.TargetUri} over {_line.Transport}");
        var headers = string.Concat(_options.ExtraHeaders.Select(h => $"{h.Key}: {h.Value}\r\n"));
        _invites.Send(_options.LateOffer ? "" : _session.Offer("sendrecv"), headers, OnProvisional, OnFinal);
    });

    /// <summary>Ends the call: BYE when it is answered, CANCEL before.</summary>
    public void HangUp() => _loop.Post(() =>
    {
        if (IsUp)
            SendBye(EndedBy.Caller, null);
        else if (State != CallerState.Ended)
            Cancel();
    });

    /// <summary>Sends a re-INVITE with the given direction.</summary>
    /// <returns>The final status; 0 when the call is not up, another one is under way, or none came.</returns>
    public Task<int> ReinviteAsync(string direction) => _loop.Ask<int>(done =>
    {
        if (_reinviting || !IsUp)
        {
            done.SetResult(0);
            return;
        }
        _reinviting = true;
        _invites.Send(_session.Offer(direction), "", null, response =>
        {
            OnReinviteFinal(response, direction);
            done.SetResult(response?.StatusCode ?? 0);
        });
    });

    /// <summary>Sends a request inside the dialog, INFO for one.</summary>
    /// <returns>The final status; 0 when the call is not up or none came.</returns>
    public Task<int> RequestAsync(string method, string contentType, string body) => _loop.Ask<int>(done =>
    {
        if (IsUp)
            _requests.Send(_text, method, response => done.SetResult(response?.StatusCode ?? 0), contentType, body);
        else
            done.SetResult(0);
    });

    public async ValueTask DisposeAsync()
    {
        _loop.Post(_requests.Clear);
        await _line.DisposeAsync();
        await _loop.DisposeAsync();
        Finish(EndedBy.Caller, 0, "the caller was switched off");
    }

    private void OnProvisional(SipText response)
    {
        if (_cancelWanted && !_invites.IsCancelSent)
            _invites.Cancel();
        if (response.StatusCode == 100 || State != CallerState.Dialling)
            return;
        _state = CallerState.Ringing;
        _timeline.Add(CallEventKind.Ringing, $"{response.StatusCode} {response.ReasonPhrase}");
    }

    private void OnFinal(SipText? response)
    {
        if (response is null)
            Finish(EndedBy.NoAnswer, 0, "no answer to INVITE");
        else if (response.StatusCode < 300)
            OnAccepted(response);
        else
        {
            _invites.AcknowledgeRefusal(response);
            var cancelled = _invites.IsCancelSent && response.StatusCode == 487;
            Finish(cancelled ? EndedBy.Cancelled : EndedBy.Refused, response.StatusCode, response.ReasonPhrase);
        }
    }

    private void OnAccepted(SipText response)
    {
        _text.Establish(response);
        var answer = _options.LateOffer && response.Body.Length > 0 ? _session.AnswerTo(response.Body) : "";
        var agreed = _options.LateOffer ? answer.Length > 0 : _session.TakeAnswer(response.Body);
        _invites.Acknowledge(response, answer);
        if (_cancelWanted)
            SendBye(EndedBy.Cancelled, "the answer crossed the CANCEL");   // RFC 3261 section 9.1
        else if (!agreed)
            SendBye(EndedBy.NoAnswer, "the answer has no usable audio");
        else
        {
            _state = CallerState.Talking;
            _timeline.Add(CallEventKind.Answered, $"answered: {_session.Description}");
            _answered.TrySetResult();
        }
    }

    private void OnReinviteFinal(SipText? response, string direction)
    {
        _reinviting = false;
        if (response is { StatusCode: >= 300 })
            _invites.AcknowledgeRefusal(response);
        if (response is not { StatusCode: < 300 })
            return;
        var held = direction != "sendrecv";
        _text.Retarget(response);
        _session.SetHeld(held);
        _session.TakeAnswer(response.Body);
        _invites.Acknowledge(response, "");
        if (!IsUp)
            return;
        _state = held ? CallerState.Holding : CallerState.Talking;
        _timeline.Add(held ? CallEventKind.Held : CallEventKind.Resumed, held ? "caller holds the call" : "caller resumes the call");
    }

    // Before any answer there is nothing to cancel (RFC 3261 section 9.1): the first 1xx sends it.
    private void Cancel()
    {
        _cancelWanted = true;
        if (State == CallerState.Ringing && !_invites.IsCancelSent)
            _invites.Cancel();
    }

    private void SendBye(EndedBy by, string? reason)
    {
        _session.SetHeld(true);
        _state = CallerState.Ended;
        _requests.Send(_text, "BYE", response => Finish(by, response?.StatusCode ?? 0, reason ?? response?.ReasonPhrase ?? "no answer to BYE"));
    }

    private void Receive(SipText message, IPEndPoint from)
    {
        if (!message.IsRequest)
        {
            if (message["Call-ID"] == _text.CallId && !_requests.Take(message))
                _invites.TakeStray(message);
        }
        else if (_answers.Answer(message, from, _reinviting) == 200 && message.Method == "BYE")
            Finish(EndedBy.Agent, 200, message["Reason"]);
    }

    private void Finish(EndedBy by, int statusCode, string reason)
    {
        _session.SetHeld(true);
        _state = CallerState.Ended;
        if (!_ended.TrySetResult(new CallEnd(by, statusCode, reason, _timeline.Now)))
            return;
        var details = string.Join(' ', new[] { statusCode == 0 ? "" : $"{statusCode}", reason }.Where(d => d.Length > 0));
        _timeline.Add(CallEventKind.Ended, $"ended by {by}: {details}");
    }
}
