using System.Net.Sockets;
using Telephony.Sip.Transport;

namespace Telephony.Checks;

/// <summary>Whether an address can be listened on.</summary>
internal static class ListenCheck
{
    /// <summary>Binds it, and lets go of it at once.</summary>
    public static LineFinding Run(SipListenEndPoint listen, bool isServiceRunning)
    {
        var subject = $"Listen {listen}";
        try
        {
            var isUdp = listen.Protocol == SipProtocol.Udp;
            using var socket = new Socket(listen.EndPoint.AddressFamily, isUdp ? SocketType.Dgram : SocketType.Stream, isUdp ? ProtocolType.Udp : ProtocolType.Tcp);
            socket.Bind(listen.EndPoint);
            return new(subject, IsGood: true, "can be listened on");
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && isServiceRunning)
        {
            return new(subject, IsGood: true, "taken, by the service that is running");
        }
        catch (SocketException refused)
        {
            return new(subject, IsGood: false, refused.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program listens there: stop it, or take another port in Telephony:Listen",
                SocketError.AddressNotAvailable => "this machine does not have that address: take one of its own, or 0.0.0.0, in Telephony:Listen",
                SocketError.AccessDenied => "this account may not listen there: take a port above 1023 in Telephony:Listen",
                _ => $"cannot be listened on ({refused.Message}): see Telephony:Listen",
            });
        }
    }
}
