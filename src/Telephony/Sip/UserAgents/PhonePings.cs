using System.Net;
using System.Security.Cryptography;
using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Registrar;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.UserAgents;

/// <summary>Asks registered phones behind a NAT for their abilities now and then: not for the answer, but so that the NAT keeps the way open that they are called by.</summary>
/// <remarks>Owned by the signalling loop. Phones on connections and those that are reached at the address they name need none.</remarks>
internal sealed class PhonePings(TransactionLayer layer, LocationService locations, UserAgentOptions options) : IClientTransactionUser
{
    private const string OurUser = "agent";
    private const int CallIdBytes = 12;

    private bool _isRunning;

    /// <summary>Begins, where there is an interval and somebody could register.</summary>
    /// <param name="hasUsers">Whether somebody could.</param>
    public void Start(bool hasUsers)
    {
        if (_isRunning || !hasUsers || options.Registrar.NatKeepAlive <= TimeSpan.Zero)
            return;
        _isRunning = true;
        Wait();
    }

    private void Wait() => layer.StartTimer(options.Registrar.NatKeepAlive, Ping, "");

    void IClientTransactionUser.OnResponse(SipRequest request, SipResponse response)
    {
    }

    void IClientTransactionUser.OnFailed(SipRequest request, bool isTimeout)
    {
    }

    private void Ping()
    {
        foreach (var contact in locations.All().Where(IsBehindNat))
            layer.Send(Request(contact), contact.Flow, this);
        Wait();
    }

    private static bool IsBehindNat(RegisteredContact contact) =>
        contact.Flow.Connection is null
        && !(IPAddress.TryParse(contact.Uri.Host, out var named) && named.Equals(contact.Flow.Remote.Address)
            && (contact.Uri.Port ?? SipListenEndPoint.DefaultPort) == contact.Flow.Remote.Port);

    private SipRequest Request(RegisteredContact contact)
    {
        var request = new SipRequest(SipMethods.Options, contact.Uri)
        {
            MaxForwards = TransactionLayer.InitialMaxForwards,
            From = new NameAddress { Uri = new SipUri { User = OurUser, Host = contact.Flow.AdvertisedHost } }.WithTag(Dialog.NewTag()),
            To = new NameAddress { Uri = contact.Uri },
            CallId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(CallIdBytes)),
            CSeq = new CSeq(1, SipMethods.Options),
        };
        foreach (var proxy in contact.Path)
            request.Headers.Add(HeaderNames.Route, proxy);
        request.Headers.Add(HeaderNames.UserAgent, options.ServerName);
        return request;
    }
}
