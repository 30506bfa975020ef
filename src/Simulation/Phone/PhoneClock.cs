using System.Diagnostics;
using System.Net.Sockets;

namespace Simulation.Phone;

/// <summary>The one thread that receives and paces the RTP of all simulated callers in the process.</summary>
/// <remarks>It waits in one poll over all RTP sockets until a packet comes or the next frame is due on its absolute schedule. Lives while there are phones.</remarks>
internal sealed class PhoneClock
{
    private readonly Lock _gate = new();
    private PhoneMedia[] _phones = [];   // replaced whole, never changed
    private Thread? _thread;

    /// <summary>The process's clock.</summary>
    public static PhoneClock Shared { get; } = new();

    /// <summary>Hands a phone's media to the clock's thread, which owns it until it has closed it.</summary>
    public void Add(PhoneMedia phone)
    {
        lock (_gate)
        {
            _phones = [.. _phones, phone];
            if (_thread is not null)
                return;
            _thread = new Thread(Run) { Name = "phone-clock", IsBackground = true, Priority = ThreadPriority.AboveNormal };
            _thread.Start();
        }
    }

    private void Run()
    {
        var sockets = new List<Socket>();
        while (TryGetPhones(out var phones))
        {
            Wait(phones, sockets);
            foreach (var phone in phones)
            {
                if (sockets.Contains(phone.RtpSocket))
                    Guard(phone, static p => p.Receive());
            }
            var now = Stopwatch.GetTimestamp();
            foreach (var phone in phones)
            {
                if (phone.NextDue <= now)
                    Guard(phone, static p => p.Tick(Stopwatch.GetTimestamp()));
                if (phone.IsClosing)
                    Remove(phone);
            }
        }
    }

    // Leaves the sockets in the list that have something to read.
    private static void Wait(PhoneMedia[] phones, List<Socket> sockets)
    {
        sockets.Clear();
        var due = long.MaxValue;
        foreach (var phone in phones)
        {
            sockets.Add(phone.RtpSocket);
            due = Math.Min(due, phone.NextDue);
        }
        var wait = TimeSpan.FromSeconds((double)(due - Stopwatch.GetTimestamp()) / Stopwatch.Frequency);
        // The poll below counts whole milliseconds: rounded up, because down would spin.
        var milliseconds = Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, 100);
        Socket.Select(sockets, null, null, TimeSpan.FromMilliseconds(milliseconds));
    }

    // A fault ends the media of the phone it happened in, and of no other.
    private static void Guard(PhoneMedia phone, Action<PhoneMedia> work)
    {
        try
        {
            work(phone);
        }
#pragma warning disable CA1031 // the loop's one catch-all
        catch (Exception e)
#pragma warning restore CA1031
        {
            phone.Fail(e);
        }
    }

    private bool TryGetPhones(out PhoneMedia[] phones)
    {
        lock (_gate)
        {
            phones = _phones;
            if (phones.Length == 0)
                _thread = null;
            return phones.Length > 0;
        }
    }

    private void Remove(PhoneMedia phone)
    {
        lock (_gate)
            _phones = Array.FindAll(_phones, p => p != phone);
        phone.Close();
    }
}
