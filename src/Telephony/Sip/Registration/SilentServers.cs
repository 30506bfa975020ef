using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Registration;

/// <summary>The servers of a trunk that did not answer lately: they are asked on beside the one in use, and calls go to them last until they answer.</summary>
/// <remarks>Owned by the signalling loop. Bounded by the servers that the name shows.</remarks>
internal sealed class SilentServers(TrunkStack stack, RegisterRequests requests) : IClientTransactionUser
{
    private readonly HashSet<SipTarget> _silent = [];
    private readonly Dictionary<SipRequest, SipTarget> _asked = [];

    /// <summary>A server did not answer.</summary>
    public void Add(SipTarget server) => _silent.Add(server);

    /// <summary>Whether a server is known not to answer.</summary>
    public bool Has(SipTarget server) => _silent.Contains(server);

    /// <summary>Asks those of the servers that are silent, each as long as it takes; what the name does not show any more is forgotten.</summary>
    /// <param name="flows">The ways to all servers.</param>
    public void Ask(IReadOnlyList<SipFlow> flows)
    {
        if (_silent.Count == 0)
            return;
        _silent.IntersectWith(flows.Select(flow => flow.Target));
        foreach (var flow in flows.Where(flow => Has(flow.Target) && !_asked.ContainsValue(flow.Target)))
        {
            var options = requests.CreateOptions(flow);
            OnAsked(options, flow);
            stack.Layer.Send(options, flow, this);
        }
    }

    /// <summary>A server is asked; its answer counts whenever it comes.</summary>
    public void OnAsked(SipRequest options, SipFlow flow) => _asked[options] = flow.Target;

    /// <inheritdoc/>
    public void OnResponse(SipRequest request, SipResponse response)
    {
        if (!response.IsProvisional && _asked.Remove(request, out var server) && response.StatusCode is not (408 or 503 or 504))
            _silent.Remove(server);
    }

    /// <inheritdoc/>
    public void OnFailed(SipRequest request, bool isTimeout) => _asked.Remove(request);
}
