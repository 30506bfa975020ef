using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

/// <summary>B27: threads that signalling waits for have short turns, where the kernel knows such.</summary>
public sealed class PromptThreadTests
{
    [Fact]
    public void A_thread_asks_for_itself_and_for_no_other()
    {
        var (before, after, other) = (0L, 0L, 0L);
        OnThread(() =>
        {
            before = PromptThread.OwnTurnNs();
            PromptThread.TryEnter();
            after = PromptThread.OwnTurnNs();
        });
        OnThread(() => other = PromptThread.OwnTurnNs());

        Assert.Equal(before > 0 ? 100_000 : 0, after);   // kernels before 6.12 tell nothing
        Assert.Equal(before, other);
    }

    private static void OnThread(ThreadStart work)
    {
        var thread = new Thread(work);
        thread.Start();
        thread.Join();
    }
}
