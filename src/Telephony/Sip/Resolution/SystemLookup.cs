using System.Net;
using System.Net.Sockets;

namespace Telephony.Sip.Resolution;

/// <summary>Asks the system for the addresses of names, on a few threads of its own: a question that nobody answers holds its thread for as long as the system waits, often half a minute.</summary>
/// <remarks>Any thread. Whoever chooses the names can keep these threads busy, but not those that signalling runs on.</remarks>
/// <param name="most">Questions at a time; a place is free once the system has answered, however long the asker has been waiting for it.</param>
/// <param name="ask">For tests: asks otherwise.</param>
internal sealed class SystemLookup(int most, Func<string, AddressFamily, IPAddress[]>? ask = null)
{
    private readonly Func<string, AddressFamily, IPAddress[]> _ask = ask ?? Dns.GetHostAddresses;
    private int _underWay;

    /// <summary>The addresses of a name.</summary>
    /// <param name="name">Host name or address.</param>
    /// <param name="family">Which ones; unspecified for all.</param>
    /// <exception cref="SocketException">There are none, or too many questions are under way.</exception>
    /// <exception cref="ArgumentException">It is no name.</exception>
    public Task<IPAddress[]> GetAsync(string name, AddressFamily family)
    {
        if (Interlocked.Increment(ref _underWay) <= most)
            return Task.Factory.StartNew(() => Ask(name, family), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously, TaskScheduler.Default);
        Interlocked.Decrement(ref _underWay);
        return Task.FromException<IPAddress[]>(new SocketException((int)SocketError.TryAgain));
    }

    private IPAddress[] Ask(string name, AddressFamily family)
    {
        try
        {
            return _ask(name, family);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
