using Telephony.Sip.Messages;

namespace Telephony.Sip.Dialogs;

/// <summary>The proxies that requests of a dialog pass, learnt from Record-Route (RFC 3261 sections 12.1 and 12.2.1.1).</summary>
internal sealed class RouteSet
{
    private const string LooseRouting = "lr";

    private readonly NameAddress[] _routes;

    private RouteSet(NameAddress[] routes) => _routes = routes;

    /// <summary>Whether there is no proxy between us.</summary>
    public bool IsEmpty => _routes.Length == 0;

    /// <summary>The route set of the callee: Record-Route of the request, in order; values that cannot be read are skipped.</summary>
    public static RouteSet OfCallee(SipRequest request) => new(Read(request).ToArray());

    /// <summary>The route set of the caller: Record-Route of the response, last one first.</summary>
    public static RouteSet OfCaller(SipResponse response) => new(Read(response).Reverse().ToArray());

    /// <summary>Who gets the request next: the first proxy, whether strict or loose, else the remote target.</summary>
    public SipUri NextHop(SipUri remoteTarget) => IsEmpty ? remoteTarget : _routes[0].Uri;

    /// <summary>A request along this route, with Request-URI and Route headers.</summary>
    public SipRequest CreateRequest(string method, SipUri remoteTarget)
    {
        var isStrict = !IsEmpty && !_routes[0].Uri.Parameters.Contains(LooseRouting);
        var request = new SipRequest(method, isStrict ? _routes[0].Uri with { Headers = null } : remoteTarget);
        foreach (var route in isStrict ? _routes.AsSpan(1) : _routes)
            request.Headers.Add(HeaderNames.Route, route.ToString());
        if (isStrict)
            request.Headers.Add(HeaderNames.Route, new NameAddress { Uri = remoteTarget }.ToString());
        return request;
    }

    private static IEnumerable<NameAddress> Read(SipMessage message)
    {
        foreach (var value in message.Headers.GetValues(HeaderNames.RecordRoute))
        {
            if (NameAddress.TryParse(value, out var route))
                yield return route;
        }
    }
}
