using System.Net;

namespace Simulation.Phone;

/// <summary>One request of the caller that waits for its final answer.</summary>
/// <param name="Method">INVITE waits without end once a provisional answer has come; others do not.</param>
/// <param name="Branch">Of its Via; the answer's top Via repeats it.</param>
/// <param name="Bytes">What is sent, and sent again.</param>
/// <param name="Destination">Where to.</param>
/// <param name="OnFinal">Takes the final answer, or null when none came for 64 times T1 or the network refused.</param>
internal sealed record ClientRequest(string Method, string Branch, byte[] Bytes, IPEndPoint Destination, Action<SipText?> OnFinal)
{
    /// <summary>Takes 1xx answers.</summary>
    public Action<SipText>? OnProvisional { get; init; }

    /// <summary>What answers are matched by (RFC 3261 section 17.1.3): a CANCEL has the branch of its INVITE.</summary>
    public string Key => $"{Branch} {Method}";

    internal ITimer? Timer { get; set; }

    internal TimeSpan Interval { get; set; }

    internal TimeSpan Waited { get; set; }

    internal bool Proceeding { get; set; }
}

/// <summary>The caller's client transactions: sends requests, repeats them over UDP, finds the request an answer belongs to.</summary>
/// <remarks>Owned by <see cref="CallerDialog"/>'s loop; its timers post there.</remarks>
internal sealed class ClientRequests(ISipLine line, CallerOptions options, Action<Action> post)
{
    private static readonly TimeSpan T2 = TimeSpan.FromSeconds(4);   // RFC 3261 section 17.1.2.1

    private readonly Dictionary<string, ClientRequest> _waiting = [];

    private TimeSpan Patience => 64 * options.T1;

    /// <summary>Sends a request; its <see cref="ClientRequest.OnFinal"/> is called exactly once, later.</summary>
    public void Send(ClientRequest request)
    {
        _waiting[request.Key] = request;
        request.Interval = line.Transport == "UDP" ? options.T1 : Patience;
        request.Timer = options.TimeProvider.CreateTimer(_ => post(() => OnTimer(request)), null, request.Interval, Timeout.InfiniteTimeSpan);
        if (!line.Send(request.Bytes, request.Destination))
            post(() => Finish(request, null));
    }

    /// <summary>Writes and sends a request inside the dialog.</summary>
    public void Send(DialogText text, string method, Action<SipText?> onFinal, string contentType = "", string body = "")
    {
        var branch = DialogText.NewBranch();
        Send(new ClientRequest(method, branch, text.Request(method, text.NextCSeq(), branch, "", contentType, body), text.NextHop, onFinal));
    }

    /// <summary>Gives a response to its request; false when it belongs to none.</summary>
    public bool Take(SipText response)
    {
        var key = $"{SipText.Parameter(response["Via"], "branch")} {response.Method}";
        if (!_waiting.TryGetValue(key, out var request))
            return false;
        if (response.StatusCode >= 200)
        {
            Finish(request, response);
            return true;
        }
        request.Proceeding = true;
        if (request.Method != "INVITE")
            request.Interval = T2;
        request.OnProvisional?.Invoke(response);
        return true;
    }

    /// <summary>Stops all timers; nothing is called any more.</summary>
    public void Clear()
    {
        foreach (var request in _waiting.Values)
            request.Timer?.Dispose();
        _waiting.Clear();
    }

    private void OnTimer(ClientRequest request)
    {
        if (!_waiting.ContainsKey(request.Key) || (request.Proceeding && request.Method == "INVITE"))
            return;
        request.Waited += request.Interval;
        if (request.Waited >= Patience)
        {
            Finish(request, null);
            return;
        }
        request.Interval *= 2;
        if (request.Method != "INVITE" && request.Interval > T2)
            request.Interval = T2;
        if (request.Waited + request.Interval > Patience)
            request.Interval = Patience - request.Waited;
        request.Timer?.Change(request.Interval, Timeout.InfiniteTimeSpan);
        line.Send(request.Bytes, request.Destination);
    }

    private void Finish(ClientRequest request, SipText? response)
    {
        request.Timer?.Dispose();
        if (_waiting.Remove(request.Key))
            request.OnFinal(response);
    }
}
