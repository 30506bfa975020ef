using System.Net;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Trunks;

/// <summary>The trunks of the configuration: by name, and by whose request it is.</summary>
/// <remarks>Any thread; exchanged by the signalling loop.</remarks>
internal sealed class TrunkDirectory(IReadOnlyDictionary<string, TrunkOptions> options)
{
    private volatile Trunk[] _trunks = [.. options.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new Trunk(entry.Key, entry.Value))];
    private volatile Trunk[] _former = [];

    /// <summary>Of a service without trunks.</summary>
    public static TrunkDirectory Empty { get; } = new(new Dictionary<string, TrunkOptions>());

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<Trunk> All => _trunks;

    /// <summary>The trunk of that name, whatever the case; null when there is none.</summary>
    public Trunk? Named(string name) => Array.Find(_trunks, trunk => trunk.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether there are trunks, or settings of trunks, that only calls from before a change still have.</summary>
    public bool HasFormer => _former.Length > 0;

    /// <summary>The trunks that other settings would give; those that do not change are the same.</summary>
    public IReadOnlyList<Trunk> With(IReadOnlyDictionary<string, TrunkOptions> settings) =>
    [
        .. settings.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => Array.Find(_trunks, trunk => trunk.Name == entry.Key)?.With(entry.Value) ?? new Trunk(entry.Key, entry.Value)),
    ];

    /// <summary>Exchanges the trunks.</summary>
    /// <param name="trunks">From <see cref="With"/>.</param>
    /// <param name="hasCalls">Whether a trunk of that name has calls up.</param>
    public void Replace(IReadOnlyList<Trunk> trunks, Func<string, bool> hasCalls)
    {
        _former = [.. _former.Concat(_trunks).Except(trunks).Where(trunk => hasCalls(trunk.Name))];
        _trunks = [.. trunks];
    }

    /// <summary>Forgets what only calls from before a change had, once they are over.</summary>
    /// <param name="hasCalls">Whether a trunk of that name has calls up.</param>
    public void ForgetFormer(Func<string, bool> hasCalls) => _former = [.. _former.Where(trunk => hasCalls(trunk.Name))];

    /// <summary>The trunk that has an address, or had it when calls began that are still up: what belongs to them is no stranger's.</summary>
    public Trunk? OfCalls(IPAddress address) => Of(address) ?? Of(_former, address);

    /// <summary>The trunk that sent a request; null for a stranger.</summary>
    /// <remarks>Where several have the address, as accounts at one provider do, the Contact that was registered tells which it is for.</remarks>
    public Trunk? Of(SipRequest request, SipFlow flow) =>
        Array.Find(_trunks, trunk => trunk.IsRegisteredAs(request.RequestUri.User) && trunk.Match(flow.Remote.Address) >= 0) ?? Of(flow.Remote.Address);

    /// <summary>The trunk that has an address: the one that names it most exactly, of equal ones the first by name.</summary>
    public Trunk? Of(IPAddress address) => Of(_trunks, address);

    private static Trunk? Of(Trunk[] trunks, IPAddress address)
    {
        Trunk? found = null;
        var longest = -1;
        foreach (var trunk in trunks)
        {
            if (trunk.Match(address) is var match && match > longest)
                (found, longest) = (trunk, match);
        }
        return found;
    }
}
