using System.Net;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Trunks;

/// <summary>The trunks of the configuration: by name, and by whose request it is.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class TrunkDirectory(IReadOnlyDictionary<string, TrunkOptions> options)
{
    private readonly Trunk[] _trunks = [.. options.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new Trunk(entry.Key, entry.Value))];

    /// <summary>Of a service without trunks.</summary>
    public static TrunkDirectory Empty { get; } = new(new Dictionary<string, TrunkOptions>());

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<Trunk> All => _trunks;

    /// <summary>The trunk of that name, whatever the case; null when there is none.</summary>
    public Trunk? Named(string name) => Array.Find(_trunks, trunk => trunk.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The trunk that sent a request; null for a stranger.</summary>
    /// <remarks>Where several have the address, as accounts at one provider do, the Contact that was registered tells which it is for.</remarks>
    public Trunk? Of(SipRequest request, SipFlow flow) =>
        Array.Find(_trunks, trunk => trunk.IsRegisteredAs(request.RequestUri.User) && trunk.Match(flow.Remote.Address) >= 0) ?? Of(flow.Remote.Address);

    /// <summary>The trunk that has an address: the one that names it most exactly, of equal ones the first by name.</summary>
    public Trunk? Of(IPAddress address)
    {
        Trunk? found = null;
        var longest = -1;
        foreach (var trunk in _trunks)
        {
            if (trunk.Match(address) is var match && match > longest)
                (found, longest) = (trunk, match);
        }
        return found;
    }
}
