using System.Globalization;
using Telephony.Media.Linux;

namespace Telephony.Tests.Media;

/// <summary>What the media thread hands over to the pool may start a thread there, which is to be one like others.</summary>
public sealed class RealTimeThreadTests
{
    private const int Normal = 0;
    private const int Fifo = 1;

    [Fact]
    public void What_a_real_time_thread_starts_is_no_real_time_thread()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var (isRealTime, own, started) = (false, -1, -1);
        var thread = new Thread(() =>
        {
            isRealTime = RealTimeThread.TryEnter();
            own = OwnPolicy();
            var inner = new Thread(() => started = OwnPolicy());
            inner.Start();
            inner.Join();
        });
        thread.Start();
        thread.Join();

        Assert.Equal(isRealTime ? Fifo : Normal, own);
        Assert.Equal(Normal, started);
    }

    // proc_pid_stat(5): field 41, of which the first is the second behind the name's parenthesis.
    private static int OwnPolicy()
    {
        var stat = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[38], CultureInfo.InvariantCulture);
    }
}
